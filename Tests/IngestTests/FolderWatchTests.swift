import Foundation
import Testing

@testable import Ingest

@Suite struct FolderWatchTests {
  private let folder = TemporaryFolder()

  private func hasHappened(_ watch: FolderWatch) -> Bool {
    var request = pollfd(fd: watch.descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&request, 1, 0) == 1
  }

  @Test func `whatever happens to logs is told, and then it is quiet`() throws {
    let path = try folder.write("a\n", to: "access.log")
    let watch = try #require(FolderWatch([folder.path + "/*.log"]))
    #expect(!hasHappened(watch))
    let events: [(String, () throws -> Void)] = [
      ("a line", { try Data("b\n".utf8).append(to: path) }),
      ("a rotation", { rename(path, path + ".1") }),
      ("a new log", { try folder.write("c\n", to: "access.log") }),
      ("a permission", { chmod(path, 0o640) }),
      ("a cut", { truncate(path, 0) }),
    ]
    for (name, event) in events {
      try event()
      #expect(hasHappened(watch), "\(name)")
      watch.drain()
      #expect(!hasHappened(watch), "\(name)")
    }
  }

  @Test func `where nothing can be watched there is no watch, and whoever asked looks instead`() {
    #expect(FolderWatch(["/no/such/folder/access.log"]) == nil)
    #expect(FolderWatch([]) == nil)
  }
}

extension Data {
  fileprivate func append(to path: String) throws {
    let file = try FileHandle(forWritingTo: URL(filePath: path))
    try file.seekToEnd()
    try file.write(contentsOf: self)
    try file.close()
  }
}
