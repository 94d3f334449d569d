import Foundation
import Testing

/// `registry draft`, and what it hands over to `check` and `replay`.
@Suite struct RegistryDraftCommandTests {
  private static let fixture = Fixture.threeQuestions
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func `a draft can be checked and replayed as it is`() throws {
    let config = Self.fixture.path + "/tollwatch.yaml"
    let key = Self.fixture.path + "/fingerprint_key"
    let draft = try Tollwatch.run(
      ["registry", "draft", "--config", config, "--fingerprint-key", key, "-o", "draft.yaml"],
      in: folder.path)
    #expect(draft.status == 0, "\(draft.report)")
    #expect(draft.output.isEmpty)
    let check = try Tollwatch.run(["check", "--registry", "draft.yaml"], in: folder.path)
    #expect(check.status == 0, "\(check.text)")
    let text = String(decoding: try Self.fixture.contents("tollwatch.yaml"), as: UTF8.self)
    try folder.write(
      text.replacing("[access.log.gz]", with: "[\(Self.fixture.path)/access.log.gz]")
        .replacing("[registry.yaml]", with: "[draft.yaml]")
        .replacing("rules: [rules.yaml]\nshipped_rules: off\n", with: "")
        .replacing("fingerprint_key: fingerprint_key", with: "fingerprint_key: \(key)"),
      to: "drafted.yaml")
    let replay = try Tollwatch.run(
      ["replay", "--config", "drafted.yaml", "--output", "json"], in: folder.path)
    #expect(replay.status == 0)
    #expect(replay.report.contains("(0 not in the registry)"), "\(replay.report)")
  }

  /// The secrets of a log, drafted with the user's key and replayed into a new database.
  @Test func `a drafted registry fits a new database, and another key is told`() throws {
    let log =
      (0..<9).map {
        "192.0.2.1 - - [02/Mar/2026:01:00:0\($0) +0000] \"GET / HTTP/1.1\" 200 5 \"secret-1\""
      }.joined(separator: "\n") + "\n"
    try folder.write(log, to: "access.log")
    let format = [
      "--log-format",
      #"$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_x_api_key""#,
      "--identity", "$http_x_api_key", "access.log",
    ]
    func run(_ words: [String]) throws -> Tollwatch.Outcome {
      try Tollwatch.run(words + format, in: folder.path, state: folder.path + "/state")
    }
    let draft = try run(["registry", "draft", "-o", "registry.yaml"])
    #expect(draft.status == 0, "\(draft.report)")
    let replay = try run(["replay", "--registry", "registry.yaml", "--db", "db.sqlite"])
    #expect(replay.report.contains("1 key (0 not in the registry)"), "\(replay.report)")
    let users = try String(
      contentsOfFile: folder.path + "/state/tollwatch/fingerprint_key", encoding: .utf8)
    let kept = folder.path + "/fingerprint_key"
    #expect(try String(contentsOfFile: kept, encoding: .utf8) == users)
    // The database stays readable where there is no such user.
    try FileManager.default.removeItem(atPath: folder.path + "/state")
    let again = try run(["replay", "--registry", "registry.yaml", "--db", "db.sqlite"])
    #expect(again.report.contains("1 key (0 not in the registry)"), "\(again.report)")
    #expect(!FileManager.default.fileExists(atPath: folder.path + "/state"))
    try folder.write(String(repeating: "5a", count: 32) + "\n", to: "other/key")
    let other = try run(
      ["replay", "--registry", "registry.yaml", "--fingerprint-key", "other/key"])
    #expect(other.report.contains("registry.yaml:"), "\(other.report)")
    #expect(other.report.contains("are of another key"), "\(other.report)")
    #expect(other.report.contains("--fingerprint-key with the file"), "\(other.report)")
  }

  /// A log whose callers are named by a secret.
  private static let secretFormat =
    #"$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_x_api_key""#

  private func writeSecretLog(_ name: String) throws {
    let lines = (0..<9).map {
      "192.0.2.1 - - [02/Mar/2026:01:00:0\($0) +0000] \"GET / HTTP/1.1\" 200 5 \"secret-1\""
    }
    try folder.write(lines.joined(separator: "\n") + "\n", to: name)
  }

  /// Runs what was printed, letter by letter, as a shell takes it.
  private func runPrinted(_ command: Substring) throws -> Tollwatch.Outcome {
    let words = try Shell.run(["sh", "-c", "printf '%s\\n' \(command)"])
    let list = String(decoding: words, as: UTF8.self).split(separator: "\n").map(String.init)
    return try Tollwatch.run(
      Array(list.dropFirst()), in: folder.path, state: folder.path + "/state")
  }

  @Test func `the draft that a replay into a database advises fits that database`() throws {
    try writeSecretLog("day/it's a log")
    func replay(_ more: String...) throws -> Tollwatch.Outcome {
      try Tollwatch.run(
        ["replay", "--format", "nginx", "--log-format", Self.secretFormat] + more + ["day/"],
        in: folder.path, state: folder.path + "/state")
    }
    // Somebody else's database, whose key is another than the user's own.
    #expect(try replayElsewhere("g.sqlite").status == 0)
    #expect(try replay().status == 0)
    let first = try replay("--db", "g.sqlite")
    let told = try #require(
      first.report.firstMatch(of: /to wake them: (.*)\n/)?.1, "\(first.report)")
    #expect(told.contains("--fingerprint-key fingerprint_key"), "\(told)")
    let draft = try runPrinted(told)
    #expect(draft.status == 0, "\(draft.report)")
    let next = try #require(draft.report.firstMatch(of: /then: (.*)\n/)?.1, "\(draft.report)")
    let check = try runPrinted(next)
    #expect(check.status == 0 && !check.text.contains("another key"), "\(check.text)")
    let again = try replay("--db", "g.sqlite", "--registry", "registry.yaml")
    #expect(again.report.contains("1 key (0 not in the registry)"), "\(again.report)")
    #expect(!again.report.contains("another key"), "\(again.report)")
    // Against the user's key the warning says what to type, and that runs, too.
    let other = try replay("--registry", "registry.yaml")
    let redraft = try #require(
      other.report.firstMatch(of: /draft anew with this run's: (.*)\n/)?.1, "\(other.report)")
    #expect(try runPrinted(redraft).status == 0, "\(redraft)")
    let last = try replay("--registry", "registry-2.yaml")
    #expect(last.report.contains("1 key (0 not in the registry)"), "\(last.report)")
  }

  private func replayElsewhere(_ database: String) throws -> Tollwatch.Outcome {
    try Tollwatch.run(
      ["replay", "--format", "nginx", "--log-format", Self.secretFormat, "--db", database, "day/"],
      in: folder.path, state: folder.path + "/elsewhere")
  }

  @Test func `a draft after a first replay into a database fits it, too`() throws {
    try writeSecretLog("day/a.log")
    #expect(try replayElsewhere("first.sqlite").status == 0)
    let words = ["--format", "nginx", "--log-format", Self.secretFormat]
    let draft = try Tollwatch.run(
      ["registry", "draft", "-o", "registry.yaml"] + words + ["day/"], in: folder.path,
      state: folder.path + "/elsewhere")
    #expect(draft.status == 0, "\(draft.report)")
    let again = try Tollwatch.run(
      ["replay", "--registry", "registry.yaml", "--db", "first.sqlite"] + words + ["day/"],
      in: folder.path, state: folder.path + "/elsewhere")
    #expect(again.report.contains("1 key (0 not in the registry)"), "\(again.report)")
  }

  @Test func `a log with the key behind its format is not said to lack it`() throws {
    let lines = (0..<30).map {
      #"10.0.0.1 - - [02/Mar/2026:01:00:\#(10 + $0) +0000] "GET / HTTP/1.1" 200 5 "-" "x" "k-1""#
    }
    try folder.write(lines.joined(separator: "\n") + "\n", to: "a.log")
    let replay = try Tollwatch.run(["replay", "--format", "combined", "a.log"], in: folder.path)
    #expect(replay.report.contains("a format that reads it all: tollwatch check -- a.log"))
    let draft = try Tollwatch.run(
      ["registry", "draft", "--format", "combined", "a.log"], in: folder.path)
    #expect(draft.text.contains("The lines go on behind the format"), "\(draft.text)")
  }

  @Test func `a draft says its own name, and next time it is not in the way`() throws {
    let lines = (0..<30).map {
      #"10.0.0.1 - bob [02/Mar/2026:01:00:\#(10 + $0) +0000] "GET / HTTP/1.1" 200 5 "-" "x""#
    }
    try folder.write(lines.joined(separator: "\n") + "\n", to: "a.log")
    let outcome = try Tollwatch.run(
      ["registry", "draft", "a.log", "-o", "reg.yaml"], in: folder.path)
    #expect(
      outcome.report.contains("next time: tollwatch registry draft --format combined a.log\n"))
    let text = try String(contentsOfFile: folder.path + "/reg.yaml", encoding: .utf8)
    #expect(text.contains("tollwatch check --registry reg.yaml"))
    #expect(!text.contains("registry.yaml"))
  }

  @Test func `a file that is there is not overwritten`() throws {
    try folder.write("mine\n", to: "registry.yaml")
    let outcome = try Tollwatch.run(
      ["registry", "draft", "-o", "registry.yaml", Self.fixture.path + "/access.log.gz"],
      in: folder.path)
    #expect(outcome.status == 64)
    #expect(try String(contentsOfFile: folder.path + "/registry.yaml", encoding: .utf8) == "mine\n")
  }

  @Test func `two runs write the same`() throws {
    let arguments = [
      "registry", "draft", "--fingerprint-key", Self.fixture.path + "/fingerprint_key",
      "--config", Self.fixture.path + "/tollwatch.yaml",
    ]
    let first = try Tollwatch.run(arguments, in: folder.path)
    let second = try Tollwatch.run(arguments, in: folder.path)
    #expect(first.status == 0 && !first.output.isEmpty)
    #expect(first.output == second.output)
  }

  private static let wrong: [(words: String, status: Int32)] = [
    ("registry draft", 64), ("registry draft missing.log", 66), ("registry draft prose.txt", 78),
  ]

  @Test(arguments: wrong)
  func `the status says what was wrong`(words: String, status: Int32) throws {
    try folder.write("It was a dark and stormy night;\nthe rain fell.\n", to: "prose.txt")
    let outcome = try Tollwatch.run(
      words.split(separator: " ").map(String.init), in: folder.path)
    #expect(outcome.status == status, "\(outcome.report)")
    #expect(outcome.output.isEmpty)
  }
}
