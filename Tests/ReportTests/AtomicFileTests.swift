import Foundation
import Testing

@testable import Report

@Suite struct AtomicFileTests {
  private let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "page-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  private var names: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).sorted()
  }

  @Test func `a file is replaced, and nothing else is left behind`() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appending(path: "page.html").path
    try AtomicFile.write("old", to: path)
    try AtomicFile.write("é new", to: path)
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "é new")
    #expect(names == ["page.html"])
  }

  @Test func `a link stays one`() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let target = folder.appending(path: "target.html")
    try Data("old".utf8).write(to: target)
    let link = folder.appending(path: "link.html").path
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: target.path)
    try AtomicFile.write("new", to: link)
    #expect(try String(contentsOf: target, encoding: .utf8) == "new")
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == target.path)
  }

  @Test(arguments: ["", "missing/page.html"])
  func `what cannot be written is said before and left alone`(name: String) {
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.path + "/" + name
    #expect(throws: AtomicFile.Fault.self) { try AtomicFile.check(path) }
    #expect(throws: AtomicFile.Fault.self) { try AtomicFile.write("x", to: path) }
    #expect(names.isEmpty)
  }

  @Test func `a device is no place for a page`() {
    defer { try? FileManager.default.removeItem(at: folder) }
    #expect(throws: AtomicFile.Fault.self) { try AtomicFile.write("x", to: "/dev/null") }
  }

  @Test func `a link to what is not there yet stays one`() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let link = folder.appending(path: "link.html").path
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "target.html")
    try AtomicFile.write("new", to: link)
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == "target.html")
    #expect(names == ["link.html", "target.html"])
  }

  @Test(arguments: [nil, 0o640, 0o600])
  func `a page is for its owner alone, or for whom it was`(mode: Int?) throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appending(path: "page.html").path
    if let mode {
      try Data().write(to: URL(filePath: path))
      try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    }
    try AtomicFile.write("new", to: path)
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    #expect(attributes[.posixPermissions] as? Int == mode ?? 0o600)
  }
}
