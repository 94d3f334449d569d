import Foundation
import Testing

@testable import AccessLog
@testable import Baselines
@testable import Detection
@testable import Pipeline

/// Snapshots of past releases, in `Golden`: what they learnt must not be lost by an upgrade.
///
/// When a section gets a new version, write one more with `UPDATE_GOLDEN=1` and keep the others.
@Suite struct SnapshotGoldenTests {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "Golden")

  static let files: [String] = {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.filter { $0.hasSuffix(".snapshot") }.sorted()
  }()

  private static let rules = RuleSet(
    [
      Rule(
        id: "spike", title: "", per: .supplier,
        detector: SnapshotDetector(
          volume: VolumePlan(
            direction: .both, windows: [300_000, 1_800_000], timesMin: 2, moreMin: 20))),
      Rule(
        id: "orders", title: "",
        detector: Precursor(
          target: RequestMatcher(methods: ["POST"], glob: PathGlob("/v1/orders")),
          steps: [
            .init(matcher: RequestMatcher(methods: ["GET"], glob: PathGlob("/v1/quotes")), count: 1)
          ], withinMilliseconds: 60_000)),
      Rule(id: "tier", title: "", detector: Tier()),
    ], contentHash: "golden")

  private static let registry = KeyRegistry(
    tiers: [.init(name: "bronze", limits: [.init(count: 5, periodSeconds: 1)], burst: 10)],
    suppliers: [.init(name: "north")],
    keys: [.init(identities: [.fingerprint("key:9")], supplier: 0, tier: 0)], contentHash: "golden")

  private static let sources = [
    SourceDeclaration(
      name: "edge",
      parser: BlockParser(readers: [SnapshotLineReader()], identityKinds: [.secret, .name]))
  ]

  private static let options = EngineOptions(
    countsUsage: true, hash: SipHash(key0: 1, key1: 2), fingerprint: { "key:\($0.count)" })

  /// A quote and an order a minute, and half of a line more.
  private static let learnt: [UInt8] = {
    var text = ""
    for minute in 0..<26 * 60 as Range<Int64> { text += requests(minute) }
    return Array((text + requests(26 * 60).prefix(30)).utf8)
  }()

  private static func requests(_ minute: Int64) -> String {
    let time = SnapshotTraffic.monday + minute * 60_000
    return "\(time)\tsecret-77\t\tGET\t/v1/quotes\t200\t5\n"
      + "\(time + 900)\tsecret-77\t\tPOST\t/v1/orders\t200\t5\n"
  }

  /// Orders without quotes, two hundred of them in a second.
  private static let rest: [UInt8] = {
    var text = String(requests(26 * 60).dropFirst(30))
    let time = SnapshotTraffic.monday + (26 * 60 + 5) * 60_000
    for _ in 0..<200 { text += "\(time)\tsecret-77\t\tPOST\t/v1/orders\t200\t5\n" }
    return Array(text.utf8)
  }()

  @Test func `today's snapshot is among them`() throws {
    var alerts: [Alert] = []
    var pipeline = Pipeline(
      rules: Self.rules, registry: Self.registry, sources: Self.sources, options: Self.options)
    pipeline.push(Self.learnt, from: 0, into: &alerts)
    let clock = pipeline.clock(of: 0)
    let now = try #require(clock)
    pipeline.apply(JournalEntry(.tick, time: now), into: &alerts)
    let bytes = pipeline.snapshot()
    // Each new version of a section begins a generation.
    let generation = SnapshotSection.allCases.reduce(1) { $0 + $1.version - 1 }
    let name = "generation-\(generation).snapshot"
    if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] != nil {
      try Data(bytes).write(to: Self.folder.appending(path: name))
    }
    #expect(Self.files.contains(name), "write it with UPDATE_GOLDEN=1")
    #expect(alerts.isEmpty)
  }

  @Test(arguments: files)
  func `a snapshot of a past release goes on with what it learnt`(file: String) throws {
    let bytes = try Data(contentsOf: Self.folder.appending(path: file))
    var pipeline = try Pipeline(
      rules: Self.rules, registry: Self.registry, sources: Self.sources, options: Self.options,
      restoring: Array(bytes))
    #expect(pipeline.offset(of: 0) == Int64(Self.learnt.count))
    var alerts: [Alert] = []
    pipeline.push(Self.rest, from: 0, into: &alerts)
    pipeline.finish(0, into: &alerts)
    #expect(Set(alerts.map(\.ruleID)) == ["spike", "orders", "tier"])
    #expect(pipeline.summary().statistics.recordCount == 2 * (26 * 60 + 1) + 200)
    #expect(pipeline.takeUsage(andOpenHour: true).hours.count == 27)
  }
}
