import Foundation
import Testing

@testable import TrafficSimulator

@Suite struct OutputFolderTests {
  @Test func `a folder is made with those above it, and an empty one is taken`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/a/b/c"
    try OutputFolder.prepare(path)
    try OutputFolder.prepare(path)
    var isFolder: ObjCBool = false
    #expect(FileManager.default.fileExists(atPath: path, isDirectory: &isFolder))
    #expect(isFolder.boolValue)
  }

  @Test(arguments: ["log", ".hidden"])
  func `a folder that holds something is refused`(name: String) throws {
    let folder = try TemporaryFolder()
    try TextFile.write("mine", to: folder.path + "/" + name)
    #expect(throws: SimulatorFault.notEmpty(path: folder.path)) {
      try OutputFolder.prepare(folder.path)
    }
    #expect(try String(contentsOfFile: folder.path + "/" + name, encoding: .utf8) == "mine")
  }

  @Test func `a file in the way is told`() throws {
    let folder = try TemporaryFolder()
    try TextFile.write("mine", to: folder.path + "/file")
    #expect(throws: SimulatorFault.unwritable(path: folder.path + "/file", errno: ENOTDIR)) {
      try OutputFolder.prepare(folder.path + "/file")
    }
  }

  @Test func `what a simulation left half done is removed, and nothing else`() throws {
    let path = FileManager.default.temporaryDirectory
      .appending(path: "tollwatch-clear-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try OutputFolder.prepare(path)
    for name in ["labels.json", "access.log-20260307.gz", "notes.txt"] {
      try Data("x".utf8).write(to: URL(filePath: path + "/" + name))
    }
    OutputFolder.clear(path)
    #expect(try FileManager.default.contentsOfDirectory(atPath: path) == ["notes.txt"])
    try FileManager.default.removeItem(atPath: path + "/notes.txt")
    OutputFolder.clear(path)
    #expect(!FileManager.default.fileExists(atPath: path))
  }
}
