import Foundation
import Testing

@testable import TrafficSimulator

@Suite struct GzipWriterTests {
  @Test func `gzip reads what was written`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/text.gz"
    var gzip = try GzipWriter(creating: path)
    var text: [UInt8] = []
    var chance = SplitMix64(seed: 4)
    // Noise does not shrink, so that the writer's own buffer overflows several times.
    for _ in 0..<40 {
      let part = (0..<30_000).map { _ in UInt8(truncatingIfNeeded: chance.next()) }
      try gzip.write(part)
      text += part
    }
    try gzip.finish()
    #expect(try unpacked(path) == text)
  }

  @Test func `an empty text is a member too`() throws {
    let folder = try TemporaryFolder()
    let gzip = try GzipWriter(creating: folder.path + "/empty.gz")
    try gzip.finish()
    #expect(try unpacked(folder.path + "/empty.gz").isEmpty)
  }

  @Test func `a folder that is not there is told`() throws {
    let folder = try TemporaryFolder()
    #expect(throws: SimulatorFault.unwritable(path: folder.path + "/no/a.gz", errno: ENOENT)) {
      _ = try GzipWriter(creating: folder.path + "/no/a.gz")
    }
  }

  private func unpacked(_ path: String) throws -> [UInt8] {
    let gzip = Process()
    let output = Pipe()
    gzip.executableURL = URL(filePath: "/usr/bin/env")
    gzip.arguments = ["gzip", "-dc", path]
    gzip.standardOutput = output
    try gzip.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    gzip.waitUntilExit()
    #expect(gzip.terminationStatus == 0)
    return Array(data)
  }
}

/// A folder that goes with its owner.
final class TemporaryFolder {
  let path: String

  init() throws {
    let url = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    path = url.path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}
