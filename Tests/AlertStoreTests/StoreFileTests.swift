import Foundation
import GRDB
import Glibc
import Testing

@testable import AlertStore

@Suite struct StoreFileTests {
  let folder: StoreFolder

  init() throws { folder = try StoreFolder() }

  @Test func `only its owner may read the database, whatever the mask`() throws {
    let mask = umask(0)
    defer { umask(mask) }
    let store = try folder.open()
    for name in try folder.names {
      let path = folder.url.appending(path: name).path
      let rights = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
      #expect(rights as? Int == 0o600, "\(name)")
    }
    #expect(try folder.names.count == 3)
    try store.close()
  }

  @Test(arguments: [true, false])
  func `a symbolic link is refused, and nothing is made behind it`(isDangling: Bool) throws {
    let target = folder.url.appending(path: "target")
    if !isDangling { try Data().write(to: target) }
    try FileManager.default.createSymbolicLink(
      at: URL(filePath: folder.path), withDestinationURL: target)
    #expect(folder.refusal() == .symbolicLink)
    #expect(try folder.names == (isDangling ? ["alerts.sqlite"] : ["alerts.sqlite", "target"]))
  }

  @Test func `a folder is refused`() throws {
    try FileManager.default.createDirectory(
      atPath: folder.path, withIntermediateDirectories: false)
    #expect(folder.refusal() == .notAFile)
  }

  @Test func `a pipe is refused and does not hang`() {
    #expect(mkfifo(folder.path, 0o600) == 0)
    #expect(folder.refusal() == .notAFile)
  }

  @Test func `a folder that does not exist is reported`() throws {
    let path = folder.url.appending(path: "none/alerts.sqlite").path
    let fault = try #require(throws: StoreFault.self) {
      try AlertStore.open(path: path, createdBy: "test")
    }
    #expect(fault.reason == .inputOutput)
    #expect("\(fault)".contains(path) && "\(fault)".contains("No such file"))
  }

  @Test(arguments: ["", "a\0b"])
  func `a path that is none is refused`(path: String) throws {
    let fault = try #require(throws: StoreFault.self) {
      try AlertStore.open(path: path, createdBy: "test")
    }
    #expect(fault.reason == .notAFile)
  }

  @Test(arguments: ["x", "hello\n", String(repeating: "a line of a log\n", count: 1000)])
  func `a file that is no database is refused and kept`(text: String) throws {
    try Data(text.utf8).write(to: URL(filePath: folder.path))
    #expect(folder.refusal() == .notADatabase)
    #expect(try folder.bytes == Data(text.utf8))
    #expect(try folder.names == ["alerts.sqlite"])
  }

  @Test(arguments: [
    "CREATE TABLE notes (text)", "PRAGMA user_version = 1", "PRAGMA application_id = 7",
    "PRAGMA application_id = \(Migrations.applicationID)",
  ])
  func `the database of another program is refused and kept`(sql: String) throws {
    try folder.execute(sql)
    let bytes = try folder.bytes
    #expect(folder.refusal() == .foreignApplication)
    #expect(try folder.bytes == bytes)
    #expect(try folder.names == ["alerts.sqlite"])
  }

  @Test func `a later version is refused and kept`() throws {
    try folder.open().close()
    try folder.execute("PRAGMA user_version = 99")
    let bytes = try folder.bytes
    #expect(folder.refusal() == .newerVersion(found: 99, known: Migrations.all.count))
    #expect(try folder.bytes == bytes)
  }

  @Test func `an empty file is taken for a new database`() throws {
    try Data().write(to: URL(filePath: folder.path))
    #expect(folder.refusal() == nil)
  }

  @Test func `one store at a time writes to a file`() throws {
    let first = try folder.open()
    #expect(folder.refusal() == .inUse)
    try first.close()
    #expect(folder.refusal() == nil)
  }

  @Test func `a store that is forgotten lets the next one in`() throws {
    do { _ = try folder.open() }
    #expect(folder.refusal() == nil)
  }

  @Test func `another process that holds the file is reported`() throws {
    try folder.open().close()
    let descriptor = Glibc.open(folder.path, O_RDWR)
    defer { Glibc.close(descriptor) }
    #expect(flock(descriptor, LOCK_EX | LOCK_NB) == 0)
    #expect(folder.refusal() == .inUse)
  }
}
