public import AccessLog
import Detection

/// How the first lines of some files fit a format: how many are records, where the others stop to
/// be, and what the first records say. Nothing of it shows a secret.
public struct SampleCheck: Sendable {
  /// A line that is no record.
  public struct Miss: Hashable, Sendable {
    public var file: String
    /// Counts from 1.
    public var line: Int
    /// Where in the line matching stopped, in bytes from 0.
    public var offset: Int
    public var reason: String
    /// What the line looks like around that place, and how many characters stand before it.
    public var shape: String
    public var shapeOffset: Int
  }

  /// A field of a record with its unit.
  public struct Field: Hashable, Sendable {
    public var name: String
    public var value: String
  }

  public static let missCountMax = 3
  public static let recordCountMax = 2
  /// Characters of a shape before the place and in all.
  private static let shownBefore = 56
  private static let shownMax = 100

  private let parser: BlockParser
  public private(set) var fileCount = 0
  /// Lines that are not blank.
  public private(set) var lineCount = 0
  public private(set) var matchedCount = 0
  /// Records whose caller an identity field names.
  public private(set) var identifiedCount = 0
  /// Whether that is a secret, which is shown as a fingerprint.
  public private(set) var hasSecretIdentity = false
  /// Records with text behind what the format describes.
  public private(set) var trailingTextCount = 0
  /// Records of which something was left out, because nothing tells where it ends.
  public private(set) var disputedCount = 0
  /// Lines that are valid, but of no HTTP request.
  public private(set) var notHTTPCount = 0
  public private(set) var misses: [Miss] = []
  public private(set) var records: [[Field]] = []

  /// - Parameter parser: with all columns.
  public init(parser: BlockParser) { self.parser = parser }

  /// Looks at `bytes`, whole lines from the beginning of a file.
  public mutating func add(_ bytes: [UInt8], file: String) {
    var batch = RecordBatch(hash: SipHash(key0: 0, key1: 0))
    parser.parse(bytes, into: &batch)
    fileCount += 1
    lineCount += batch.lineCount - batch.blankLineCount
    matchedCount += batch.count
    trailingTextCount += batch.trailingTextCount
    disputedCount += batch.disputedCount
    for flags in batch.flags {
      if !flags.contains(.addressIdentity) { identifiedCount += 1 }
      if flags.contains(.secretIdentity) { hasSecretIdentity = true }
      if flags.contains(.notHTTP) { notHTTPCount += 1 }
    }
    for index in batch.key.indices
    where batch.key[index] == .none && !batch.flags[index].contains(.addressIdentity) {
      identifiedCount -= 1
    }
    for malformed in batch.malformed where misses.count < Self.missCountMax {
      misses.append(Self.miss(malformed, batch, file))
    }
    for index in 0..<batch.count where records.count < Self.recordCountMax {
      records.append(Self.fields(of: index, batch))
    }
  }

  // MARK: - Misses

  private static func miss(
    _ malformed: RecordBatch.Malformed, _ batch: borrowing RecordBatch, _ file: String
  ) -> Miss {
    let start = Int(malformed.offset)
    let line = batch.bytes[..<start].count { $0 == 0x0a } + 1
    let offset = malformed.fault.offset
    let (shape, shapeOffset) = batch.withText(malformed.line) { text in
      let place = min(max(offset, 0), text.count)
      let first = max(0, place - shownBefore)
      let shown = text.extracting(first..<min(text.count, first + shownMax))
      return (
        (first > 0 ? "…" : "") + Secrets.shape(of: shown), place - first + (first > 0 ? 1 : 0)
      )
    }
    return Miss(
      file: file, line: line, offset: offset, reason: malformed.fault.reason.description,
      shape: shape, shapeOffset: shapeOffset)
  }

  // MARK: - Records

  private static func fields(of index: Int, _ batch: borrowing RecordBatch) -> [Field] {
    let time = EventTime(milliseconds: batch.time[index])
    var fields = [Field(name: "time", value: time.rfc3339)]
    func add(_ name: String, _ value: String?) {
      if let value { fields.append(Field(name: name, value: value)) }
    }
    add("caller", caller(of: index, batch))
    add("client_ip", address(batch.address[index], batch))
    add("method", text(batch.method[index], batch))
    add("host", text(batch.host[index], batch))
    add("route", batch.route[index] == .none ? nil : batch.routes[batch.route[index]])
    add("query", parameters(batch.query[index], batch))
    add("protocol", text(batch.protocol[index], batch))
    add("status", batch.status[index] == .max ? nil : "\(batch.status[index])")
    add("throttled", batch.flags[index].contains(.throttled) ? "yes" : nil)
    add("bytes_out", count(batch.bytesOut[index], "bytes"))
    add("bytes_in", count(batch.bytesIn[index], "bytes"))
    add("latency", milliseconds(batch.latencyMicroseconds[index]))
    add("upstream_latency", milliseconds(batch.upstreamLatencyMicroseconds[index]))
    add("user_agent", product(batch.userAgent[index], batch))
    add("request_id", batch.text(batch.requestID[index]))
    add("gateway_route", text(batch.namedRoute[index], batch))
    add("api", text(batch.namedAPI[index], batch))
    add("version", text(batch.namedVersion[index], batch))
    return fields
  }

  private static func caller(of index: Int, _ batch: borrowing RecordBatch) -> String {
    let flags = batch.flags[index]
    if flags.contains(.addressIdentity) { return "(none; the client address stands in)" }
    guard let text = batch.text(batch.identity[index]) else { return "(none)" }
    return flags.contains(.secretIdentity)
      ? "*** (a secret of \(text.utf8.count) bytes; reports show its fingerprint)" : text
  }

  /// What is no address may be anything.
  private static func address(
    _ range: RecordBatch.TextRange, _ batch: borrowing RecordBatch
  ) -> String? {
    guard let text = batch.text(range) else { return nil }
    return batch.withText(range) { IPAddress(parsing: $0) } == nil ? "*** (no address)" : text
  }

  private static func text(_ symbol: Symbol, _ batch: borrowing RecordBatch) -> String? {
    symbol == .none ? nil : batch.texts[symbol]
  }

  /// Names of parameters, without their values.
  private static func parameters(
    _ range: RecordBatch.TextRange, _ batch: borrowing RecordBatch
  ) -> String? {
    guard let text = batch.text(range), !text.isEmpty else { return nil }
    return text.split(separator: "&").prefix(8).map { part in
      part.firstIndex(of: "=").map { "\(part[..<$0])=***" } ?? "***"
    }.joined(separator: "&")
  }

  private static func count(_ value: Int64, _ unit: String) -> String? {
    value < 0 ? nil : "\(value) \(unit)"
  }

  private static func milliseconds(_ microseconds: Int64) -> String? {
    guard microseconds >= 0 else { return nil }
    let rest = String(microseconds % 1000 + 1000).dropFirst()
    return "\(microseconds / 1000).\(rest) ms"
  }

  /// Without comments, in which clients put what they like.
  private static func product(
    _ range: RecordBatch.TextRange, _ batch: borrowing RecordBatch
  ) -> String? {
    batch.text(range).map { text in
      let product = text.prefix { $0 != " " }
      return product.count < text.count ? "\(product) …" : String(product)
    }
  }
}
