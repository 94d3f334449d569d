import Testing

@testable import AccessLog

/// A generator whose seed is printed with a failure, so that the run can be repeated.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var value = state
    value = (value ^ value >> 30) &* 0xbf58_476d_1ce4_e5b9
    value = (value ^ value >> 27) &* 0x94d0_49bb_1331_11eb
    return value ^ value >> 31
  }
}

/// One record as plain values.
struct PlainRecord: Equatable {
  var time: Int64
  var address: String?
  var method: String?
  var path: String?
  var query: String?
  var route: String?
  var status: Int?
  var key: String?
  var identity: String?
  var userAgent: String?
  var referrer: String?
  var host: String?
  var bytesOut: Int64
  var latency: Int64
  var upstreamLatency: Int64
  var flags: UInt8
}

extension RecordBatch {
  func plain(_ index: Int) -> PlainRecord {
    func symbol(_ symbol: Symbol, _ table: SymbolTable) -> String? {
      symbol == .none ? nil : table[symbol]
    }
    return PlainRecord(
      time: time[index], address: text(address[index]), method: symbol(method[index], texts),
      path: text(path[index]), query: text(query[index]), route: symbol(route[index], routes),
      status: status[index] == .max ? nil : Int(status[index]), key: symbol(key[index], keys),
      identity: text(identity[index]), userAgent: text(userAgent[index]),
      referrer: text(referrer[index]), host: symbol(host[index], texts),
      bytesOut: bytesOut[index], latency: latencyMicroseconds[index],
      upstreamLatency: upstreamLatencyMicroseconds[index], flags: flags[index].rawValue)
  }

  /// The first record; a failure says why there is none.
  func first() throws -> PlainRecord {
    try #require(plainRecords.first, "\(malformed.map(\.fault))")
  }

  var plainRecords: [PlainRecord] { (0..<count).map(plain) }
}

/// Parses `bytes` with all columns.
func parse(_ bytes: [UInt8], _ name: String, _ description: FormatDescription) throws -> RecordBatch
{
  let format = RecordFormats.format(named: name)!
  let parser = BlockParser(
    readers: [try format.reader(for: description)], identityKinds: description.identityKinds,
    columns: .all)
  var batch = RecordBatch(hash: testHash)
  parser.parse(bytes, into: &batch)
  return batch
}

/// A parser of one format, for tests with many lines.
func blockParser(
  _ name: String, template: String? = nil, identity: String...
) throws -> BlockParser {
  let description = FormatDescription(
    template: template, identity: identity.map { IdentityField(field: $0, isSecret: false) })
  let format = try #require(RecordFormats.format(named: name))
  return BlockParser(
    readers: [try format.reader(for: description)], identityKinds: description.identityKinds,
    columns: .all)
}

/// Parses lines of an nginx template.
func parseNginx(
  _ text: String, _ template: String, identity: [String] = []
) throws -> RecordBatch {
  try parse(
    Array(text.utf8), "nginx",
    FormatDescription(
      template: template,
      identity: identity.map { IdentityField(field: $0, isSecret: $0 != "$remote_user") }))
}

let testHash = SipHash(key0: 0x0706_0504_0302_0100, key1: 0x0f0e_0d0c_0b0a_0908)

let combinedLine =
  #"127.0.0.1 - - [21/Nov/2026:19:51:49 +0000] "GET /v1/orders HTTP/1.1" 200 12 "-" "curl/8.5.0""#
