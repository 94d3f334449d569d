import AccessLog

/// What was read of a row's line, as values that can be compared.
struct ExamRecord {
  enum Found: Hashable {
    /// The line has the field and it is empty, or the gateway's word for nothing.
    case absent
    case bytes([UInt8])
    case number(Double)
  }

  private let choice: ExamFormats.Choice
  private let line: [UInt8]
  private let batch: RecordBatch
  private let reader: any LineReader

  /// The record of `line`, or why there is none.
  static func read(
    _ line: [UInt8], _ choice: ExamFormats.Choice
  ) throws(FormatFault) -> Result<ExamRecord, MalformedLine> {
    let reader = try choice.reader()
    let batch = parse(line, reader, choice)
    guard batch.count == 1 else {
      return .failure(batch.malformed.first?.fault ?? MalformedLine(.empty, at: 0))
    }
    return .success(
      ExamRecord(choice: choice, line: line, batch: batch, reader: reader))
  }

  private static func parse(
    _ line: [UInt8], _ reader: any LineReader, _ choice: ExamFormats.Choice
  ) -> RecordBatch {
    var batch = RecordBatch(hash: SipHash(key0: 0, key1: 0))
    let parser = BlockParser(
      readers: [reader], identityKinds: choice.description.identityKinds, columns: .all)
    parser.parse(line + [UInt8(ascii: "\n")], into: &batch)
    return batch
  }

  var time: EventTime { batch.times[0] }
  var isThrottled: Bool { batch.flags[0].contains(.throttled) }
  var isNotHTTP: Bool { batch.flags[0].contains(.notHTTP) }
  /// In milliseconds.
  var latency: Double? { Self.milliseconds(batch.latencyMicroseconds[0]) }
  var upstreamLatency: Double? { Self.milliseconds(batch.upstreamLatencyMicroseconds[0]) }

  private static func milliseconds(_ microseconds: Int64) -> Double? {
    microseconds < 0 ? nil : Double(microseconds) / 1000
  }

  /// What `text` stands for, with the escapes of the row's writer undone.
  func unescaped(_ text: String) -> [UInt8] {
    var output: [UInt8] = []
    let bytes = Array(text.utf8)
    reader.unescape(bytes.span, into: &output)
    return output
  }

  /// The value of a column; `nil` where a record has none of that name.
  func column(_ name: String) -> Found? {
    switch name {
    case "client_ip": text(batch.address[0])
    case "method": symbol(batch.method[0], batch.texts)
    case "path": text(batch.path[0])
    case "query": text(batch.query[0])
    case "host": symbol(batch.host[0], batch.texts)
    case "protocol": symbol(batch.protocol[0], batch.texts)
    case "referrer": text(batch.referrer[0])
    case "user_agent": text(batch.userAgent[0])
    case "request_id": text(batch.requestID[0])
    case "route": symbol(batch.namedRoute[0], batch.texts)
    case "api", "service": symbol(batch.namedAPI[0], batch.texts)
    case "api_version": symbol(batch.namedVersion[0], batch.texts)
    case "consumer": text(batch.identity[0])
    case "status": batch.status[0] == .max ? .absent : .number(Double(batch.status[0]))
    case "bytes": number(batch.bytesOut[0])
    case "bytes_in": number(batch.bytesIn[0])
    default: nil
    }
  }

  /// The value of a field that is asked for as the identity of the source; `nil` where the
  /// format does not know any of its names.
  func identity(anyOf names: [String]) -> Found? {
    var found: Found?
    for name in names {
      let choice = choice.asking(for: name)
      guard let reader = try? choice.reader() else { continue }
      let batch = Self.parse(line, reader, choice)
      guard batch.count == 1 else { continue }
      found = .absent
      if !batch.identity[0].isAbsent {
        return .bytes(batch.withText(batch.identity[0], Self.copy))
      }
    }
    return found
  }

  private func text(_ range: RecordBatch.TextRange) -> Found {
    range.isAbsent ? .absent : .bytes(batch.withText(range, Self.copy))
  }

  private func symbol(_ symbol: Symbol, _ table: SymbolTable) -> Found {
    symbol == .none ? .absent : .bytes(table.bytes(of: symbol))
  }

  private static func copy(_ text: Span<UInt8>) -> [UInt8] {
    text.indices.map { text[$0] }
  }

  private func number(_ value: Int64) -> Found {
    value < 0 ? .absent : .number(Double(value))
  }
}
