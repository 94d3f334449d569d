import Foundation
import Testing

@testable import Ingest

@Suite struct LineSpoolTests {
  private let folder = TemporaryFolder()

  private func contents() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().map {
      try String(contentsOfFile: folder.path + "/" + $0, encoding: .utf8)
    }
  }

  @Test func `what is appended is read by whoever follows the log, through its rotations`() throws {
    var spool = try LineSpool(folder: folder.path, name: "edge", bytesMax: 1 << 20)
    var tailer = FileTailer(paths: [folder.path + "/edge.log*"]) { head in
      Int64(String(decoding: head.prefix { $0 != 32 }, as: UTF8.self))
    }
    var (read, written, now) = ("", "", Int64(0))
    func follow() {
      var events: [FileTailer.Event] = []
      for _ in 0..<10 {
        now += 1000
        while tailer.advance(at: now, into: &events) {}
      }
      for case .chunk(let bytes) in events { read += String(decoding: bytes, as: UTF8.self) }
    }
    for number in 1...20 {
      let lines = (0..<100).map { "\(number * 1000 + $0) \(String(repeating: "x", count: 80))\n" }
        .joined()
      let isKept = spool.append(Array(lines.utf8))
      #expect(isKept)
      written += lines
      follow()
    }
    for _ in 0..<10 { follow() }
    #expect(read == written)
    #expect(try contents().count > 2)
  }

  @Test func `the oldest go where there is no room`() throws {
    var spool = try LineSpool(folder: folder.path, name: "edge", bytesMax: 160_000)
    for number in 0..<100 {
      let isKept = spool.append(
        Array((String(repeating: "\(number % 10)", count: 4999) + "\n").utf8))
      #expect(isKept)
    }
    let sum = try contents().reduce(0) { $0 + $1.utf8.count }
    #expect(sum <= 160_000 && sum > 100_000)
    #expect(Int64(sum) + spool.removedBytes == 500_000)
  }

  @Test func `half a line that a death left is ended`() throws {
    try folder.write("whole\nhal", to: "edge.log")
    var spool = try LineSpool(folder: folder.path, name: "edge", bytesMax: 1 << 20)
    let isKept = spool.append(Array("next\n".utf8))
    #expect(isKept)
    #expect(try contents() == ["whole\nhal\nnext\n"])
  }

  @Test func `a link is not followed`() throws {
    try folder.write("mine\n", to: "other")
    try FileManager.default.createSymbolicLink(
      atPath: folder.path + "/edge.log", withDestinationPath: folder.path + "/other")
    #expect(throws: IngestError.self) {
      _ = try LineSpool(folder: folder.path, name: "edge", bytesMax: 1 << 20)
    }
  }
}
