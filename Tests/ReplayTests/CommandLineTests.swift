import Foundation
import Testing

/// What the flags of `replay` do, and what its exit status says.
@Suite struct CommandLineTests {
  private static let fixture = Fixture.threeQuestions
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  // MARK: - exit status

  private static let statuses: [(words: String, status: Int32)] = [
    ("replay", 64), ("replay --threads 0 x", 64), ("replay --from yesterday x", 64),
    ("replay --sideways x", 64), ("replay --from 2026-03-02 --to 2026-03-01 x", 64),
    ("replay --fail-on doom x", 64), ("replai", 64), ("replay missing.log", 66),
    ("replay --config missing.yaml", 78), ("replay --format nonsense good.log", 78),
    ("replay --log-format $remote_addr_$tiem_local good.log", 78), ("replay prose.txt", 78),
    ("replay --rules bad.yaml good.log", 78), ("replay --registry bad.yaml good.log", 78),
    ("replay --config bad.yaml", 78), ("replay good.log", 0),
    ("replay packed.tar", 66), ("replay packed.xz", 66), ("replay good.log packed.xz", 0),
    ("formats list", 0), ("formats show caddy", 0), ("formats show cady", 64),
    ("exam missing", 66),
    ("simulate --seed 1 --days 0 --out new", 64), ("simulate --seed 1 --out .", 64),
    ("--version", 0), ("--help", 0),
  ]

  /// What a tar archive begins with.
  private static let tarHeader =
    Data("access.log".utf8) + Data(count: 247) + Data("ustar".utf8) + Data(count: 762)

  @Test func `a file that is not read is told with the pipe, and counted`() throws {
    let line = #"10.0.0.1 - - [02/Mar/2026:00:00:00 +0000] "GET / HTTP/1.1" 200 5 "-" "curl""#
    try folder.write(line + "\n", to: "good.log")
    try folder.write(Self.tarHeader, to: "packed.tar")
    try folder.write(Data("BZh91AY&SY".utf8), to: "packed.log.bz2")
    let outcome = try Tollwatch.run(["replay", "."], in: folder.path)
    for part in [
      "tar -xOf ./packed.tar | tollwatch replay", "bzip2 -dc ./packed.log.bz2 | tollwatch replay",
      "2 files of the logs not read", "1 line: 1 parsed",
    ] {
      #expect(outcome.report.contains(part), "\(outcome.report)")
    }
  }

  @Test(arguments: statuses)
  func `the exit status says what was wrong`(words: String, status: Int32) throws {
    try folder.write("nothing: [known\n", to: "bad.yaml")
    try folder.write("It was a dark and stormy night;\nthe rain fell.\n", to: "prose.txt")
    let line = #"10.0.0.1 - - [02/Mar/2026:00:00:00 +0000] "GET / HTTP/1.1" 200 5 "-" "curl""#
    try folder.write(line + "\n", to: "good.log")
    try folder.write(Self.tarHeader, to: "packed.tar")
    try folder.write(Data([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 0, 0]), to: "packed.xz")
    let arguments = words.split(separator: " ").map(String.init)
    let outcome = try Tollwatch.run(arguments, in: folder.path)
    #expect(outcome.status == status, "\(outcome.report)")
    #expect(status == 0 || outcome.output.isEmpty)
    #expect(status == 0 || !outcome.report.isEmpty)
  }

  @Test(arguments: [("critical", 3 as Int32), ("info", 3)])
  func `a found alert is told by the status when asked`(severity: String, status: Int32) throws {
    let outcome = try Self.fixture.replay("--fail-on", severity)
    #expect(outcome.status == status)
    #expect(outcome.output == (try Self.fixture.contents("expected.jsonl")))
  }

  @Test func `no alert, no status`() throws {
    let outcome = try Self.fixture.replay("--fail-on", "info", "--to", "2026-03-08")
    #expect(outcome.status == 0)
    #expect(outcome.output.isEmpty, "\(outcome.text)")
  }

  // MARK: - times

  /// What is learnt before the time is as if nothing had been asked; only the telling begins.
  @Test func `alerts begin with the time to detect from`() throws {
    let alerts = try told(Self.fixture.replay())
    let second = try #require(alerts.map(\.detectedAt).sorted().dropFirst().first)
    let later = try told(Self.fixture.replay("--detect-from", second))
    #expect(!later.isEmpty && later.count < alerts.count)
    #expect(later == alerts.filter { $0.detectedAt >= second })
  }

  /// Trouble that began before the time and goes on after it is told from the time on.
  @Test func `an incident under way is told from the time to detect from`() throws {
    let tier = try #require(
      try told(Self.fixture.replay()).first { $0.rule == "over-tier" })
    let from = tier.detectedAt.replacing(/:\d\d\.\d+Z/, with: ":30.000Z")
    let later = try told(Self.fixture.replay("--detect-from", from))
    let again = try #require(later.first { $0.rule == "over-tier" })
    #expect(again.id == tier.id)
    #expect(again.detectedAt >= from && again.detectedAt > tier.detectedAt)
  }

  @Test func `records before and after the times are left out`() throws {
    let outcome = try Self.fixture.replay("--from", "2026-03-09T06:00:00Z", "--to", "2026-03-11")
    #expect(outcome.report.contains("outside of --from and --to"))
    let span = try #require(outcome.report.firstMatch(of: /from (\S+) to (\S+)/))
    #expect(span.1 >= "2026-03-09T06:00:00Z" && span.1 < "2026-03-09T07")
    #expect(span.2 >= "2026-03-10T22" && span.2 < "2026-03-11")
  }

  // MARK: - Ctrl-C

  /// A pipe whose writer does not close: the replay waits for more, and is stopped.
  @Test(arguments: [SIGINT, SIGTERM])
  func `Ctrl-C ends a replay with what it has`(signal: Int32) throws {
    let pipe = folder.path + "/access.log"
    #expect(mkfifo(pipe, 0o600) == 0)
    // Open for both, so that neither side waits for the other.
    let writer = try #require(FileHandle(forUpdatingAtPath: pipe))
    let plain = try Shell.gunzip(Self.fixture.contents("access.log.gz"))
    let run = try Tollwatch.Running(
      ["replay", "--config", Self.fixture.path + "/tollwatch.yaml", "--output", "json", pipe],
      in: folder.path)
    // More than a pipe holds: when this is written, the replay is reading.
    try writer.write(contentsOf: plain.prefix(1_000_000))
    // What it holds is read; then it waits in a read that nothing will end.
    var waiting: Int32 = 1
    while waiting > 0 {
      try #require(ioctl(writer.fileDescriptor, UInt(FIONREAD), &waiting) == 0)
      sched_yield()
    }
    kill(run.identifier, signal)
    let outcome = try run.outcome()
    #expect(outcome.status == 130)
    #expect(outcome.report.contains("stopped before the end"), "\(outcome.report)")
    #expect(outcome.report.contains(" parsed"))
    try writer.close()
  }

  // MARK: - helpers

  private struct Told: Equatable {
    var id: String
    var rule: String
    var detectedAt: String
    var reason: String
  }

  /// The first revision of each alert.
  private func told(_ outcome: Tollwatch.Outcome) throws -> [Told] {
    try outcome.lines.compactMap { line in
      let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      guard object?["revision"] as? Int == 1 else { return nil }
      return Told(
        id: object?["id"] as? String ?? "", rule: object?["rule_id"] as? String ?? "",
        detectedAt: object?["detected_at"] as? String ?? "",
        reason: object?["reason"] as? String ?? "")
    }
  }
}
