import Foundation
import GRDB
import Testing

@testable import tollwatch

@Suite struct RunCommandTests {
  private static let fixture = Fixture.threeQuestions

  /// A service over the fixture's log, of which the first line comes once more at the end, and
  /// until that it was read.
  private struct Service {
    let folder: TemporaryFolder
    let database: String
    let configuration: String
    private let lineCount: Int

    /// The last `share` of the log, of which so much lies in another folder, `old`, under the name of the one of today.
    init(archivedShare: Double = 0, share: Double = 1) throws {
      folder = try TemporaryFolder()
      database = folder.path + "/tollwatch.sqlite"
      configuration = folder.path + "/tollwatch.yaml"
      var log = try Shell.gunzip(fixture.contents("access.log.gz"))
      if share < 1 {
        log = log.suffix(Int(Double(log.count) * share)).drop { $0 != UInt8(ascii: "\n") }
        log = Data(log.dropFirst())
      }
      log += log.prefix { $0 != UInt8(ascii: "\n") } + [UInt8(ascii: "\n")]
      lineCount = log.count { $0 == UInt8(ascii: "\n") }
      var start = Int(Double(log.count) * archivedShare)
      while start > 0, log[log.startIndex + start - 1] != UInt8(ascii: "\n") { start += 1 }
      try log.dropFirst(start).write(to: URL(filePath: folder.path + "/access.log"))
      if start > 0 { try folder.write(log.prefix(start), to: "old/access.log") }
      for name in ["registry.yaml", "rules.yaml", "fingerprint_key"] {
        try fixture.contents(name).write(to: URL(filePath: folder.path + "/" + name))
      }
      let text = String(decoding: try fixture.contents("tollwatch.yaml"), as: UTF8.self)
        .replacing("access.log.gz", with: "access.log*")
      try (text + "\nstore: tollwatch.sqlite\nbackfill: 3650d\nheartbeat: alive\n")
        .write(toFile: configuration, atomically: true, encoding: .utf8)
    }

    /// Runs it until it has read all, and ends it by `signal`.
    func run(
      endedBy signal: Int32, _ arguments: [String] = [], whileRunning: () throws -> Void = {}
    ) throws -> Tollwatch.Outcome {
      let run = try Tollwatch.Running(
        ["run", "--config", configuration] + arguments, in: folder.path)
      try run.wait(for: { $0.lines == lineCount }, of: configuration)
      try whileRunning()
      kill(run.identifier, signal)
      return try run.outcome()
    }

    func status() throws -> String? {
      let outcome = try Tollwatch.run(["status", "--config", configuration], in: folder.path)
      return outcome.status == 0 ? outcome.text : nil
    }

    func alerts(_ database: String) throws -> String {
      try Tollwatch.run(
        ["alerts", "export", "--db", database, "--output", "json"], in: folder.path
      ).text
    }
  }

  @Test func `the status tells what came too late, and a replay by the journal finds the same`()
    throws
  {
    let service = try Service()
    let socket = service.folder.path + "/control.sock"
    let run = try service.run(endedBy: SIGTERM) {
      #expect(FileManager.default.fileExists(atPath: socket))
      // It answers by itself: what the database has is some seconds old.
      let told = try #require(try service.status())
      #expect(told.contains("\"state\":\"running\"") && told.contains("\"series\":"), "\(told)")
      try (try String(contentsOfFile: service.configuration, encoding: .utf8) + "nonsense: 1\n")
        .write(toFile: service.configuration, atomically: true, encoding: .utf8)
      let wrong = try Tollwatch.run(
        ["status", "--config", service.configuration], in: service.folder.path)
      #expect(wrong.status == 0 && wrong.report.contains("unknown key"), "\(wrong.report)")
      try (try String(contentsOfFile: service.configuration, encoding: .utf8))
        .replacing("nonsense: 1\n", with: "")
        .write(toFile: service.configuration, atomically: true, encoding: .utf8)
    }
    #expect(!FileManager.default.fileExists(atPath: socket))
    #expect(run.status == 0, "\(run.report)")
    #expect(run.text == "")
    #expect(FileManager.default.fileExists(atPath: service.folder.path + "/alive"))
    let status = try #require(try service.status())
    #expect(status.contains("\"late\":1,"), "\(status)")
    #expect(status.contains("\"state\":\"stopped\""))

    let again = service.folder.path + "/again.sqlite"
    let replay = try Tollwatch.run(
      [
        "replay", "--config", service.configuration, "--journal", service.database, "--db", again,
        "--output", "json",
      ], in: service.folder.path)
    #expect(replay.status == 0, "\(replay.report)")
    let alerts = try service.alerts(service.database)
    #expect(alerts.split(separator: "\n").count > 2)
    #expect(try service.alerts(again) == alerts)
  }

  @Test func `marks are kept for the next service, taken by one that runs, and met again`() throws {
    let service = try Service()
    func mark(_ name: String, _ arguments: [String] = []) throws -> Tollwatch.Outcome {
      try Tollwatch.run(
        ["mark", name, "--config", service.configuration] + arguments, in: service.folder.path)
    }
    let early = try mark("sale", ["--at", "2026-01-05T08:00:00Z"])
    #expect(early.status == 0 && early.report.contains("the next one takes"), "\(early.report)")
    let run = try service.run(endedBy: SIGTERM) {
      let late = try mark("deploy")
      #expect(late.status == 0 && late.report.hasPrefix("the mark 'deploy' holds from"))
    }
    #expect(run.report.contains("the mark 'sale' holds from 2026-01-05T08:00:00.000Z on"))
    #expect(run.report.contains("the mark 'deploy' holds"), "\(run.report)")
    // A second service takes none of them again.
    let next = try service.run(endedBy: SIGTERM)
    #expect(!next.report.contains("the mark"), "\(next.report)")
    let database = try DatabaseQueue(path: service.database)
    let bodies = try database.read { database in
      try String.fetchAll(
        database, sql: "SELECT body FROM journal WHERE kind = 'mark' ORDER BY sequence")
    }
    #expect(bodies.count == 2 && bodies[0].contains("\"name\":\"sale\""), "\(bodies)")
    let replay = try Tollwatch.run(
      ["replay", "--config", service.configuration, "--journal", service.database],
      in: service.folder.path)
    #expect(replay.status == 0, "\(replay.report)")
    #expect(try mark("No Name").status == 64)
  }

  @Test func `the first start learns from older logs elsewhere, and remembers where`() throws {
    let whole = try Service()
    _ = try whole.run(endedBy: SIGTERM)
    let service = try Service(archivedShare: 0.6)
    let run = try service.run(endedBy: SIGTERM, ["--bootstrap", "old"])
    #expect(run.status == 0 && run.text == "", "\(run.report)")
    let alerts = try service.alerts(service.database)
    #expect(try alerts == whole.alerts(whole.database))

    let again = service.folder.path + "/again.sqlite"
    let replay = try Tollwatch.run(
      [
        "replay", "--config", service.configuration, "--journal", service.database, "--db", again,
      ], in: service.folder.path)
    #expect(replay.status == 0, "\(replay.report)")
    #expect(try service.alerts(again) == alerts)
  }

  @Test func `of older logs it must be known which source wrote them`() throws {
    #expect(throws: Stop.self) { try Archives(["/x"], sources: ["edge", "mesh"]) }
    #expect(throws: Stop.self) { try Archives(["other=/x"], sources: ["edge", "mesh"]) }
    var archives = try Archives(["mesh=/x", "mesh=/y"], sources: ["edge", "mesh"])
    #expect(archives.paths == ["mesh": ["/x", "/y"]])
    archives.add(try Archives(["/a=b", "/x"], sources: ["mesh"]))
    #expect(archives.paths(of: "mesh") == ["/x", "/y", "/a=b"])
    #expect(Archives(json: archives.json) == archives)
    #expect(Archives(json: nil) == Archives())
  }

  @Test func `usage is counted, and a replay of the log counts the same`() throws {
    let service = try Service(share: 0.35)
    _ = try service.run(endedBy: SIGTERM)
    let replayed = service.folder.path + "/replayed.sqlite"
    let replay = try Tollwatch.run(
      ["replay", "--config", service.configuration, "--db", replayed], in: service.folder.path)
    #expect(replay.status == 0, "\(replay.report)")
    func usage(_ database: String) throws -> String {
      try Tollwatch.run(
        [
          "usage", "--db", database, "--by", "route", "--output", "csv", "--limit", "0", "--to",
          "2026-03-20",
        ], in: service.folder.path
      ).text
    }
    #expect(try usage(replayed).utf8.count { $0 == UInt8(ascii: "\n") } > 3)
    #expect(try usage(service.database) == usage(replayed))
  }

  @Test func `a clock that ran ahead at the first start mutes nothing for long`() throws {
    let service = try Service(share: 0.1)
    _ = try service.run(endedBy: SIGTERM)
    func start(_ sql: String) throws -> Int64? {
      let queue = try DatabaseQueue(path: service.database)
      defer { try? queue.close() }
      return try queue.write { try Int64.fetchOne($0, sql: sql) }
    }
    let key = "WHERE key = 'prints_from'"
    let first = try #require(try start("SELECT value FROM service \(key)"))
    let ahead = first + 400 * 86_400_000
    _ = try start("UPDATE service SET value = '\(ahead)' \(key) RETURNING value")
    _ = try service.run(endedBy: SIGTERM)
    let again = try #require(try start("SELECT value FROM service \(key)"))
    #expect(again >= first && again < ahead)
  }

  // MARK: - the state

  @Test func `a copy is made while it runs, and goes on where it was made`() throws {
    let service = try Service(share: 0.35)
    let folder = service.folder.path
    func state(_ arguments: [String]) throws -> Tollwatch.Outcome {
      try Tollwatch.run(["state"] + arguments, in: folder)
    }
    _ = try service.run(endedBy: SIGTERM)
    let alerts = try service.alerts(service.database)
    #expect(!alerts.isEmpty)
    // What a source listened to.
    try service.folder.write(Data("a line\n".utf8), to: "spool/edge.log")
    _ = try service.run(endedBy: SIGKILL) {
      let backup = try state(["backup", "--config", service.configuration, "--to", "copy"])
      #expect(backup.status == 0, "\(backup.report)")
      let busy = try state(
        ["restore", "--config", service.configuration, "--from", "copy", "--replace"])
      #expect(busy.status != 0 && busy.report.contains("in use"), "\(busy.report)")
    }
    #expect(try state(["backup", "--config", service.configuration, "--to", "copy"]).status == 64)
    #expect(
      try state(["restore", "--config", service.configuration, "--from", "copy"]).status == 64)
    try FileManager.default.removeItem(atPath: folder + "/fingerprint_key")
    try FileManager.default.removeItem(atPath: folder + "/spool")
    let restored = try state(
      ["restore", "--config", service.configuration, "--from", "copy", "--replace"])
    #expect(restored.status == 0, "\(restored.report)")
    #expect(try service.alerts(service.database) == alerts)
    #expect(try String(contentsOfFile: folder + "/spool/edge.log", encoding: .utf8) == "a line\n")
    _ = try service.run(endedBy: SIGTERM)
    #expect(try service.alerts(service.database) == alerts)
  }

  @Test func `what was learnt moves to another place`() throws {
    let service = try Service(share: 0.35)
    let folder = service.folder.path
    _ = try service.run(endedBy: SIGTERM)
    let alerts = try service.alerts(service.database)
    let text = try String(contentsOfFile: service.configuration, encoding: .utf8)
    try FileManager.default.createDirectory(
      atPath: folder + "/new", withIntermediateDirectories: false)
    // The key goes along to a place where there is none.
    try text.replacing("store: tollwatch.sqlite", with: "store: new/state.sqlite")
      .replacing("fingerprint_key: fingerprint_key", with: "fingerprint_key: new/key")
      .write(toFile: folder + "/new.yaml", atomically: true, encoding: .utf8)
    try service.folder.write(Data("a line\n".utf8), to: "spool/edge.log")
    let arguments = [
      "state", "move", "--config", service.configuration, "--to-config", folder + "/new.yaml",
    ]
    let moved = try Tollwatch.run(arguments, in: folder)
    #expect(moved.status == 0, "\(moved.report)")
    #expect(!FileManager.default.fileExists(atPath: service.database))
    #expect(FileManager.default.fileExists(atPath: folder + "/new/key"))
    #expect(FileManager.default.fileExists(atPath: folder + "/new/spool/edge.log"))
    #expect(!FileManager.default.fileExists(atPath: folder + "/spool"))
    #expect(try service.alerts(folder + "/new/state.sqlite") == alerts)
    #expect(try Tollwatch.run(arguments, in: folder).status != 0)
  }

  @Test func `a journal is of one configuration`() throws {
    let service = try Service()
    _ = try service.run(endedBy: SIGKILL)
    let other = service.folder.path + "/other.yaml"
    let text = try String(contentsOfFile: service.configuration, encoding: .utf8)
    try (text + "# another one\n").write(toFile: other, atomically: true, encoding: .utf8)
    func replay(_ arguments: [String]) throws -> Tollwatch.Outcome {
      try Tollwatch.run(
        ["replay", "--journal", service.database] + arguments, in: service.folder.path)
    }
    let refused = try replay(["--config", other])
    #expect(refused.status == 78)
    #expect(refused.report.contains("--earlier-config"), "\(refused.report)")
    let found = try replay(["--config", other, "--earlier-config", service.configuration])
    #expect(found.status == 0, "\(found.report)")
    #expect(try replay(["--config", other, "--from", "2026-01-01"]).status == 64)
  }
}
