import Foundation
import Ingest

/// A folder of its own for a test; it goes when the test is over.
final class TemporaryFolder: Sendable {
  let path: String

  init() {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    path = url.path
    try? FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  @discardableResult
  func write(_ bytes: [UInt8], to name: String) throws -> String {
    let file = path + "/" + name
    let parent = (file as NSString).deletingLastPathComponent
    try FileManager.default.createDirectory(
      atPath: parent, withIntermediateDirectories: true)
    try Data(bytes).write(to: URL(fileURLWithPath: file))
    return file
  }

  @discardableResult
  func write(_ text: String, to name: String) throws -> String {
    try write(Array(text.utf8), to: name)
  }

  /// Reads `bytes` as a segment.
  func read(
    _ bytes: [UInt8], chunkBytes: Int = 65_536, engine: GzipEngine = .best
  ) throws -> Reading {
    try Reading(
      Segment(path: write(bytes, to: "segment")), chunkBytes: chunkBytes, engine: engine)
  }
}

/// Everything that reading a segment brought.
struct Reading: Equatable {
  var bytes: [UInt8] = []
  var faults: [SegmentFault] = []
  var failed: [Range<Int64>] = []
  var gaps: [SegmentGap] = []
  var chunkCounts: [Int] = []
  var compressedBytesRead: Int64 = 0

  var text: String { String(decoding: bytes, as: UTF8.self) }
  var reasons: [SegmentFault.Reason] { faults.map(\.reason) }

  /// The delivered bytes that a checksum vouches for.
  var verified: [UInt8] {
    var kept: [UInt8] = []
    var start = 0
    for range in failed {
      kept += bytes[start..<Int(range.lowerBound)]
      start = Int(range.upperBound)
    }
    return kept + bytes[start...]
  }

  init() {}

  init(_ segment: Segment, chunkBytes: Int = 65_536, engine: GzipEngine = .best) throws {
    var reader = try SegmentReader(segment, chunkBytes: chunkBytes, gzipEngine: engine)
    while let event = try reader.next() { append(event) }
    compressedBytesRead = reader.compressedBytesRead
  }

  mutating func append(_ event: SegmentEvent) {
    switch event {
    case .chunk(let chunk, let startOffset):
      precondition(startOffset == Int64(bytes.count), "chunks join without holes")
      precondition(!chunk.isEmpty)
      bytes += chunk
      chunkCounts.append(chunk.count)
    case .fault(let fault): faults.append(fault)
    case .memberFailed(let range): failed.append(range)
    case .gap(let gap): gaps.append(gap)
    }
  }
}
