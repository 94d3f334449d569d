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
    for change in 1...2 {
      try place.configure("# changed \(change) times while nobody was there\n")
      var service = try place.service()
      place.readAll(&service, at: now)
      // And it dies again, or is stopped.
      if change == 2 { try service.end() }
    }
    let told = try place.alerts()
    #expect(told.first?.observed == 40)
    #expect(try place.replayed() == told)
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
        "  - {name: \($0), paths: [\($0).log], format: combined, identity: [$remote_user], silence: 2s}"
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
      var service = DetectionService(
        plan, try DetectionService.openStore(plan), StandardOutput(.jsonLines))
      try service.begin()
      return service
    }

    /// Appends `count` requests of one second.
    func log(_ name: String, at time: String, count: Int = 1) throws {
      let line = """
        10.0.0.1 - sync [02/Mar/2026:\(time) +0000] "GET /v1/a HTTP/1.1" 200 5 "-" "-"

        """
      let path = folder.path + "/\(name).log"
      let before = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
      let file = try FileHandle(
        forWritingTo: URL(filePath: before.isEmpty ? folder.write("", to: "\(name).log") : path))
      try file.seekToEnd()
      try file.write(contentsOf: Data(String(repeating: line, count: count).utf8))
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

    /// What a replay by the journal finds.
    func replayed() throws -> [Alert] {
      let again = folder.path + "/again.sqlite"
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
