import Foundation
import Testing

@Suite struct RunCommandTests {
  private static let fixture = Fixture.threeQuestions

  /// A service over the fixture's log, of which the first line comes once more at the end, and
  /// until that it was read.
  private struct Service {
    let folder: TemporaryFolder
    let database: String
    let configuration: String
    private let lineCount: Int

    init() throws {
      folder = try TemporaryFolder()
      database = folder.path + "/tollwatch.sqlite"
      configuration = folder.path + "/tollwatch.yaml"
      var log = try Shell.gunzip(fixture.contents("access.log.gz"))
      log += log.prefix { $0 != UInt8(ascii: "\n") } + [UInt8(ascii: "\n")]
      lineCount = log.count { $0 == UInt8(ascii: "\n") }
      try log.write(to: URL(filePath: folder.path + "/access.log"))
      for name in ["registry.yaml", "rules.yaml", "fingerprint_key"] {
        try fixture.contents(name).write(to: URL(filePath: folder.path + "/" + name))
      }
      let text = String(decoding: try fixture.contents("tollwatch.yaml"), as: UTF8.self)
        .replacing("access.log.gz", with: "access.log*")
      try (text + "\nstore: tollwatch.sqlite\nbackfill: 3650d\nheartbeat: alive\n")
        .write(toFile: configuration, atomically: true, encoding: .utf8)
    }

    /// Runs it until it has read all, and ends it by `signal`.
    func run(endedBy signal: Int32) throws -> Tollwatch.Outcome {
      let run = try Tollwatch.Running(["run", "--config", configuration], in: folder.path)
      while try status()?.contains("\"lines\":\(lineCount),") != true {
        try #require(kill(run.identifier, 0) == 0, "\(run.report)")
      }
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
    let run = try service.run(endedBy: SIGTERM)
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
