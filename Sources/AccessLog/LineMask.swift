/// Writes a line without its secrets, from left to right, one decision at each place.
struct LineMask {
  /// Takes the place of the caller's secret.
  let standIn: [UInt8]
  /// The caller's secret, with its escapes undone; empty where there is none.
  let identity: [UInt8]
  /// Further secrets.
  var others: [[UInt8]] = []
  /// What the format says is not to be shown, wherever it ends.
  var hidden: [Range<Int>] = []
  /// Where a query begins that no question mark announces.
  var queryStart: Int?

  private static let stars = Array("***".utf8)
  private static let id = Array("{id}".utf8)
  private static let ellipsis = Array("…".utf8)

  /// At most ``Secrets/lineBytesMax`` bytes, in valid UTF-8: other bytes become `\xHH`.
  func text(of line: Span<UInt8>) -> String {
    var output: [UInt8] = []
    var at = 0
    var isQuery = false
    // What will be replaced when its place comes; its name is copied like any other text, so
    // that no secret hides in a name.
    var pending: Range<Int>?
    while at < line.count, output.count <= Secrets.lineBytesMax {
      if at == queryStart { isQuery = true }
      if let end = takeSecret(line, at, into: &output) {
        at = end
        continue
      }
      if (pending?.upperBound ?? 0) <= at {
        pending = SecretPlaces.value(in: line, at: at, isParameter: isQuery && startsName(line, at))
      }
      if let value = pending, value.contains(at) {
        output += SecretPlaces.isSegment(line, value) ? Self.id : Self.stars
        at = value.upperBound
        continue
      }
      if line[at] == UInt8(ascii: "?") { isQuery = true }
      if Self.endsWord(line[at]) { isQuery = false }
      at = copy(line, at, into: &output)
    }
    return Self.cut(output)
  }

  /// Writes what stands for the secret at `at`, and returns where it ends; `nil` where none is.
  private func takeSecret(_ line: Span<UInt8>, _ at: Int, into output: inout [UInt8]) -> Int? {
    if let end = EncodedText.end(of: identity, in: line, at: at) {
      output += standIn
      return end
    }
    if let range = hidden.first(where: { $0.contains(at) }) {
      output += Self.stars
      return range.upperBound
    }
    for secret in others {
      guard let end = EncodedText.end(of: secret, in: line, at: at) else { continue }
      output += Self.stars
      return end
    }
    return nil
  }

  /// Whether a parameter of a query may begin at `at`.
  private func startsName(_ line: Span<UInt8>, _ at: Int) -> Bool {
    guard at > 0, at != queryStart else { return true }
    return [UInt8(ascii: "?"), UInt8(ascii: "&"), UInt8(ascii: ";")].contains(line[at - 1])
  }

  /// Copies one character, or the escape of one byte that is none.
  private func copy(_ line: Span<UInt8>, _ at: Int, into output: inout [UInt8]) -> Int {
    let count = UTF8Shape.characterCount(line, at: at)
    guard count > 0 else {
      let digits = Array("0123456789ABCDEF".utf8)
      output += [ASCII.backslash, UInt8(ascii: "x")]
      output += [digits[Int(line[at] >> 4)], digits[Int(line[at] & 15)]]
      return at + 1
    }
    for index in at..<at + count { output.append(line[index]) }
    return at + count
  }

  private static func endsWord(_ byte: UInt8) -> Bool {
    byte <= ASCII.space || byte == ASCII.quote || byte == 0x7f
  }

  private static func cut(_ output: [UInt8]) -> String {
    guard output.count > Secrets.lineBytesMax else {
      return String(decoding: output, as: UTF8.self)
    }
    var end = Secrets.lineBytesMax - ellipsis.count
    while end > 0, output[end] & 0xc0 == 0x80 { end -= 1 }
    return String(decoding: output[..<end] + ellipsis, as: UTF8.self)
  }
}
