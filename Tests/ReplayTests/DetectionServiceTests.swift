import AccessLog
import AlertStore
import Detection
import Foundation
import Pipeline
import Sinks
import Testing

@testable import tollwatch

/// The service without its process: time is what the test says, and a death is that it is dropped.
@Suite struct DetectionServiceTests {
  @Test func `what was told holds for the next process, although a source is back by then`() throws
  {
    let place = try Place()
    try place.log("mesh", at: "11:00:00")
    try place.log("edge", at: "11:00:00")
    try place.log("edge", at: "11:04:00", count: 40)
    var now = place.start
    do {
      var service = try place.service()
      place.readAll(&service, at: now)
      // Silent for longer than it may be: time goes on without it.
      now += 3_000
      place.readAll(&service, at: now)
      let isLeftBehind = service.pipeline.isExcluded(1)
      #expect(isLeftBehind)
      try place.log("edge", at: "11:10:00")
      place.readAll(&service, at: now)
      service.judgeWhenDue(at: now + 1_000)
      try service.commit()
      #expect(try service.store.history().map(\.observed) == [40])
    }
    // It comes late, and before the next process looks.
    try place.log("mesh", at: "11:04:00", count: 40)
    try place.log("mesh", at: "11:10:00")
    var service = try place.service()
    place.readAll(&service, at: now)
    try service.end()
    let told = try place.alerts()
    #expect(told.first?.observed == 40)
    #expect(try place.replayed() == told)
  }

  @Test func `alerts that another configuration told before a death are found by this one`() throws
  {
    let place = try Place()
    try place.log("mesh", at: "11:00:00")
    try place.log("edge", at: "11:00:00")
    try place.log("edge", at: "11:04:00", count: 40)
    var now = place.start
    do {
      var service = try place.service()
      place.readAll(&service, at: now)
      now += 3_000
      place.readAll(&service, at: now)
      try place.log("edge", at: "11:10:00")
      place.readAll(&service, at: now)
      service.judgeWhenDue(at: now + 1_000)
      try service.commit()
      #expect(try service.store.history().map(\.observed) == [40])
    }
    try place.log("mesh", at: "11:04:00", count: 40)
    // Changed while nobody was there, and back.
    for more in ["# once\n", "# twice\n", ""] {
      try place.configure(more)
      var service = try place.service()
      place.readAll(&service, at: now)
      // And it dies again, or is stopped.
      if more.isEmpty { try service.end() }
    }
    let told = try place.alerts()
    #expect(told.first?.observed == 40)
    #expect(try place.replayed() == told)
  }

  @Test func `what a silent source misses is in the ledger before it is back`() throws {
    let place = try Place()
    try place.log("mesh", at: "11:00:00", count: 3)
    try place.log("edge", at: "11:00:00", count: 3)
    try place.log("edge", at: "11:08:00")
    var service = try place.service()
    place.readAll(&service, at: place.start)
    place.readAll(&service, at: place.start + 3_000)
    try service.checkpoint()
    // As far as it is judged without it.
    let first = try #require(try service.store.coverage().first { $0.kind == .gap })
    #expect(first.source == "mesh")
    #expect(first.startedAt.rfc3339 == "2026-03-02T11:00:00.000Z")
    #expect(first.endedAt > first.startedAt)
    try place.log("edge", at: "11:16:00")
    place.readAll(&service, at: place.start + 3_000)
    try service.checkpoint()
    let longer = try #require(try service.store.coverage().first { $0.kind == .gap })
    #expect(longer.startedAt == first.startedAt && longer.endedAt > first.endedAt)
    try place.log("mesh", at: "11:20:00", count: 3)
    place.readAll(&service, at: place.start + 3_000)
    try service.end()
    let gaps = try place.coverage().filter { $0.kind == .gap }
    #expect(gaps.map(\.endedAt.rfc3339) == ["2026-03-02T11:20:00.000Z"])
  }

  @Test func `lines that come when their log is over are a gap, in the journal as well`() throws {
    let place = try Place()
    try place.log("edge", at: "11:00:00", count: 3)
    try place.log("mesh", at: "11:00:00", count: 3)
    var now = place.start
    var service = try place.service()
    place.readAll(&service, at: now)
    try FileManager.default.moveItem(
      atPath: place.folder.path + "/edge.log", toPath: place.folder.path + "/edge.log.1")
    try place.log("edge", at: "11:01:00")
    for _ in 0..<10 {
      now += 1_000
      place.readAll(&service, at: now)
    }
    try place.log("edge.log.1", at: "11:00:20", count: 3)
    try place.log("edge.log.1", at: "11:00:30", count: 40)
    for _ in 0..<3 {
      now += 1_000
      place.readAll(&service, at: now)
      service.noteMissed()
    }
    for name in ["edge", "mesh"] { try place.log(name, at: "11:09:00") }
    place.readAll(&service, at: now)
    try service.end()
    let gaps = try place.coverage().filter { $0.kind == .gap }
    let missed = gaps.filter { $0.startedAt.rfc3339 == "2026-03-02T11:00:20.000Z" }
    #expect(missed.map(\.endedAt.rfc3339) == ["2026-03-02T11:00:30.001Z"])
    #expect(try place.replayed() == place.alerts())
    #expect(try place.coverage(in: place.again).filter { $0.kind == .gap } == gaps)
    // The next process is told of the same lines, and knows.
    var next = try place.service()
    place.readAll(&next, at: now)
    #expect(next.missed.isEmpty)
    try next.end()
  }

  @Test func `half a line waits for its rest for an hour, and through a death`() throws {
    let place = try Place()
    var now = place.start
    do {
      var service = try place.service()
      try place.log("edge", at: "11:00:00", count: 39)
      try place.append("10.0.0.1 - sync [02/Mar/2026:11:00:", to: "edge.log")
      for _ in 0..<60 {
        now += 60_000
        place.readAll(&service, at: now)
        service.tick(at: now)
      }
      try service.checkpoint()
    }
    try place.append("00 +0000] \"GET /v1/a HTTP/1.1\" 200 5 \"-\" \"-\"\n", to: "edge.log")
    var service = try place.service()
    place.readAll(&service, at: now)
    let statistics = service.pipeline.statistics
    #expect(statistics.lineCount == 40 && statistics.malformedCount == 0)
    try service.end()
  }
}

extension DetectionServiceTests {
  /// Two logs of which one may fall silent, and what watches them.
  fileprivate struct Place {
    private static let registry = """
      tiers:
        bronze: {rate_per_second: 5, burst: 10, limiter: bucket}
      suppliers:
        juniper: {contact: ops@juniper.example}
      keys:
        - {key: sync, name: juniper-sync, supplier: juniper, tier: bronze}

      """

    private static let rules = """
      rules:
        - id: over-tier
          title: A key far over its tier
          kind: tier
          per: key
          over: [1s]
          overshoot: 2
          severity: critical
          why: A client without a limiter of its own.

      """

    let folder: TemporaryFolder
    let start = ServiceClock.now
    var configuration: String { folder.path + "/tollwatch.yaml" }
    var database: String { folder.path + "/tollwatch.sqlite" }

    init() throws {
      folder = try TemporaryFolder()
      try folder.write(Self.registry, to: "registry.yaml")
      try folder.write(Self.rules, to: "rules.yaml")
      try configure()
      try configure(path: "earlier.yaml")
    }

    /// `more` are lines of the configuration.
    func configure(_ more: String = "", path: String = "tollwatch.yaml") throws {
      let sources = ["edge", "mesh"].map {
        "  - {name: \($0), paths: [\($0).log*], format: combined, identity: [$remote_user], silence: 2s}"
      }
      let rest = """
        registry: [registry.yaml]
        rules: [rules.yaml]
        shipped_rules: off
        store: tollwatch.sqlite
        fingerprint_key: fingerprint_key
        backfill: 3650d

        """
      try folder.write(
        "sources:\n" + sources.joined(separator: "\n") + "\n" + rest + more, to: path)
    }

    /// A service that has begun, and goes on where another one was.
    func service() throws -> DetectionService {
      let plan = try LivePlan(configurationPath: configuration)
      var service = DetectionService(plan, try store(plan), StandardOutput(.jsonLines))
      try service.begin()
      return service
    }

    /// A program that another test starts holds the lock of the dead one for a moment, until it is
    /// that program.
    private func store(_ plan: LivePlan) throws -> AlertStore {
      while true {
        do { return try DetectionService.openStore(plan) } catch let stop as Stop {
          guard stop.message.contains("in use") else { throw stop }
          sched_yield()
        }
      }
    }

    /// Appends `count` requests of one second to a log, or to a file of it.
    func log(_ name: String, at time: String, count: Int = 1) throws {
      let line = """
        10.0.0.1 - sync [02/Mar/2026:\(time) +0000] "GET /v1/a HTTP/1.1" 200 5 "-" "-"

        """
      let name = name.contains(".") ? name : name + ".log"
      try append(String(repeating: line, count: count), to: name)
    }

    func append(_ text: String, to name: String) throws {
      let path = folder.path + "/" + name
      if !FileManager.default.fileExists(atPath: path) { try folder.write("", to: name) }
      let file = try FileHandle(forWritingTo: URL(filePath: path))
      try file.seekToEnd()
      try file.write(contentsOf: Data(text.utf8))
      try file.close()
    }

    /// Until looks in a row find nothing more.
    func readAll(_ service: inout DetectionService, at now: Int64) {
      var idleCount = 0
      while idleCount < 2 * SilenceWatch.idleLookCountMin {
        idleCount = service.advance(at: now) ? 0 : idleCount + 1
      }
    }

    func alerts() throws -> [Alert] { try alerts(in: database) }

    private func alerts(in database: String) throws -> [Alert] {
      let store = try AlertStore.open(path: database, createdBy: "a test")
      defer { try? store.close() }
      return try store.history()
    }

    func coverage(in database: String? = nil) throws -> [CoverageRow] {
      let store = try AlertStore.open(path: database ?? self.database, createdBy: "a test")
      defer { try? store.close() }
      return try store.coverage()
    }

    var again: String { folder.path + "/again.sqlite" }

    /// What a replay by the journal finds.
    func replayed() throws -> [Alert] {
      let done = try Tollwatch.run(
        [
          "replay", "--config", configuration, "--journal", database, "--db", again,
          "--earlier-config", folder.path + "/earlier.yaml",
        ], in: folder.path)
      try #require(done.status == 0, "\(done.report)")
      return try alerts(in: again)
    }
  }
}
