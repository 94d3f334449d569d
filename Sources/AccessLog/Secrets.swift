/// What may be shown of a line: evidence of an alert, a sample of what could not be parsed, and
/// a hash by which a line is found again.
public enum Secrets {
  /// Bytes of a masked line.
  public static let lineBytesMax = 1024
  /// Bytes of the shape of an unparsed line.
  public static let shapeBytesMax = 120

  /// What an unparsed line looks like, and nothing of what it says: letters become `a`, digits
  /// `9`, and control characters `?`. No secret survives it.
  public static func shape(of line: Span<UInt8>) -> String {
    var text: [UInt8] = []
    for index in 0..<min(line.count, shapeBytesMax) {
      let byte = line[index]
      switch byte {
      case _ where byte.isDigit: text.append(UInt8(ascii: "9"))
      case _ where byte.isLetter || byte >= 0x80: text.append(UInt8(ascii: "a"))
      case 0..<0x20, 0x7f: text.append(byte == ASCII.tab ? byte : UInt8(ascii: "?"))
      default: text.append(byte)
      }
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// The shape of a line that is no record; empty where the line was too long to keep.
  public static func shape(of malformed: RecordBatch.Malformed, in batch: RecordBatch) -> String {
    batch.withText(malformed.line) { shape(of: $0) }
  }

  /// 32 hexadecimal digits that find the line again, for those who have the key.
  public static func hash(of line: Span<UInt8>, _ hash: SipHash) -> String {
    let (high, low) = hash.hash128(line)
    var text: [UInt8] = []
    for word in [high, low] {
      for shift in stride(from: 60, through: 0, by: -4) {
        let digit = UInt8(truncatingIfNeeded: word >> UInt64(shift) & 15)
        text.append(digit < 10 ? 0x30 + digit : 0x61 + digit - 10)
      }
    }
    return String(decoding: text, as: UTF8.self)
  }
}

extension Secrets {
  /// A text of a client's, such as a user agent, without what looks like a secret in it.
  public static func masked(_ text: Span<UInt8>) -> String {
    LineMask(standIn: [], identity: []).text(of: text)
  }
}

extension BlockParser {
  /// The line of record `index` as evidence may show it: the caller's secret replaced by
  /// `standIn`, all other secrets and the values of queries by `***`.
  ///
  /// The line is read once more, because a record keeps only the first of its identities.
  public func maskedLine(
    _ index: Int, of batch: RecordBatch, standIn: String
  ) -> String {
    var secrets: [[UInt8]] = []
    if batch.flags[index].contains(.secretIdentity) {
      secrets.append(batch.withText(batch.identity[index]) { Array($0) })
    }
    return batch.withText(batch.line[index]) { line in
      maskedLine(line, identity: secrets.first, standIn: standIn)
    }
  }

  /// The same for a line that was kept by itself.
  ///
  /// - Parameter identity: the raw secret that `standIn` replaces; `nil` where the caller is
  ///   named by no secret.
  public func maskedLine(
    _ line: Span<UInt8>, identity: [UInt8]?, standIn: String
  ) -> String {
    var mask = LineMask(standIn: Array(standIn.utf8), identity: identity ?? [])
    if let (fields, reader) = read(line) {
      mask.others = secrets(of: fields, in: line, reader).filter { $0 != identity }
      hide(reader.hiddenPlaces(in: line), of: line, reader, in: &mask)
      if !fields.query.isAbsent {
        mask.queryStart = fields.query.range.lowerBound
      }
      mask.hidden += Self.queryValues(of: fields, in: line)
    }
    return mask.text(of: line)
  }

  /// The values of queries, up to where the parameter ends and not to the first byte that looks
  /// like an end: a client may put blanks, quotes and controls into them. A parameter without a
  /// value is hidden where it is too long for a flag.
  private static func queryValues(
    of fields: RecordFields, in line: Span<UInt8>
  ) -> [Range<Int>] {
    var values: [Range<Int>] = []
    for text in [fields.target, fields.referrer, fields.query] where !text.isAbsent {
      let range = text.range
      let isQuery = text == fields.query
      guard
        var at = isQuery
          ? range.lowerBound
          : line.firstIndex(of: UInt8(ascii: "?"), in: range).map({ $0 + 1 })
      else { continue }
      while at < range.upperBound {
        let rest = at..<range.upperBound
        let end = line.firstIndex(of: UInt8(ascii: "&"), in: rest) ?? range.upperBound
        let equals = line.firstIndex(of: UInt8(ascii: "="), in: at..<end)
        let start = equals.map { $0 + 1 } ?? at
        if end - start > (equals == nil ? flagBytesMax : 0) { values.append(start..<end) }
        at = end + 1
      }
    }
    return values
  }

  /// Bytes of a parameter without a value that says something about the request.
  private static let flagBytesMax = 8

  /// Hides the places, and what stands at them wherever else it stands. Short texts are hidden
  /// only at their places: a header that says `1` makes no secret of every digit.
  private func hide(
    _ places: [HiddenPlace], of line: Span<UInt8>, _ reader: any LineReader,
    in mask: inout LineMask
  ) {
    mask.hidden = places.map(\.range)
    for place in places where place.range.count > EncodedText.shortBytesMax {
      var secret: [UInt8] = []
      reader.unescape(line.extracting(place.range), into: &secret)
      if secret != mask.identity { mask.others.append(secret) }
      guard secret.contains(UInt8(ascii: "%")) else { continue }
      PercentEncoding.decode(&secret, from: 0)
      if secret != mask.identity { mask.others.append(secret) }
    }
  }

  /// All identities of the line that are secrets, with their escapes undone.
  private func secrets(
    of fields: RecordFields, in line: Span<UInt8>, _ reader: any LineReader
  ) -> [[UInt8]] {
    var found: [[UInt8]] = []
    for (index, kind) in identityKinds.enumerated() where kind == .secret {
      let text = fields.identities[index]
      guard !text.isAbsent else { continue }
      var secret: [UInt8] = []
      if text.isEscaped {
        reader.unescape(line.extracting(text.range), into: &secret)
      } else {
        secret.append(contentsOf: line.extracting(text.range))
      }
      if text.isPercentEncoded { PercentEncoding.decode(&secret, from: 0) }
      if text.isEncodedTwice { PercentEncoding.decode(&secret, from: 0) }
      found.append(secret)
    }
    return found
  }

  private func read(_ line: Span<UInt8>) -> (RecordFields, any LineReader)? {
    for reader in readers {
      var fields = RecordFields()
      do throws(MalformedLine) {
        try reader.read(line, into: &fields)
        return (fields, reader)
      } catch {
        continue
      }
    }
    return nil
  }
}

extension [UInt8] {
  init(_ span: Span<UInt8>) {
    self.init()
    append(contentsOf: span)
  }
}
