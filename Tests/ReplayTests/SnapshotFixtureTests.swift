import AccessLog
import Detection
import Foundation
import Pipeline
import RuleFiles
import Testing

/// Each fixture, left and restored in the middle of lines and windows, tells the same.
@Suite struct SnapshotFixtureTests {
  private struct Outcome: Equatable {
    var alerts: [Alert] = []
    var usage = UsageHarvest()
    var journal: [JournalEntry] = []
    var summary = ""
  }

  /// What a pipeline is made from.
  private struct Setup {
    var rules: RuleSet
    var registry: KeyRegistry
    var sources: [SourceDeclaration]
    var options: EngineOptions
    var logs: [[UInt8]]

    func pipeline() -> Pipeline {
      Pipeline(rules: rules, registry: registry, sources: sources, options: options)
    }
  }

  @Test(arguments: Fixture.all)
  func `a fixture that is cut anywhere and restored tells the same`(fixture: Fixture) throws {
    let setup = try Self.setup(fixture)
    let seed = UInt64.random(in: .min ... .max)
    let whole = try Self.run(setup, seed: seed, restores: false)
    #expect(try Self.run(setup, seed: seed, restores: true) == whole, "seed \(seed)")
  }

  private static func run(_ setup: Setup, seed: UInt64, restores: Bool) throws -> Outcome {
    var chance = FixtureChance(state: seed)
    var outcome = Outcome()
    var pipeline = setup.pipeline()
    for (source, log) in setup.logs.enumerated() {
      var start = 0
      while start < log.count {
        let end = min(log.count, start + 1 + chance.below(max(1, log.count / 3)))
        pipeline.push(Array(log[start..<end]), from: source, into: &outcome.alerts)
        start = end
        if restores {
          let bytes = pipeline.snapshot()
          pipeline = try Pipeline(
            rules: setup.rules, registry: setup.registry, sources: setup.sources,
            options: setup.options, restoring: bytes)
          #expect(pipeline.snapshot() == bytes && pipeline.offset(of: source) == Int64(end))
        }
      }
      pipeline.endSegment(of: source, into: &outcome.alerts)
    }
    for source in setup.logs.indices { pipeline.finish(source, into: &outcome.alerts) }
    outcome.usage = pipeline.takeUsage(andOpenHour: true)
    outcome.journal = pipeline.journal
    outcome.summary = "\(pipeline.summary())"
    return outcome
  }

  private static func setup(_ fixture: Fixture) throws -> Setup {
    let configuration = try ConfigurationLoader.load(path: fixture.path + "/tollwatch.yaml")
      .configuration
    let rules = try RuleLoader.load(paths: configuration.rules).ruleSet
    return Setup(
      rules: rules,
      registry: try RegistryLoader.load(paths: configuration.registry) { "key:\($0)" }.registry,
      sources: try configuration.sources.map { try declaration($0, rules) },
      options: EngineOptions(
        countsUsage: true, hash: SipHash(key0: 1, key1: 2),
        fingerprint: { "key:" + String(decoding: $0, as: UTF8.self) }),
      logs: try configuration.sources.map { try Array(log(at: #require($0.paths.first))) })
  }

  private static func declaration(
    _ source: Configuration.Source, _ rules: RuleSet
  ) throws -> SourceDeclaration {
    let name = try #require(source.format)
    let preset = Presets.preset(named: name)
    let description = preset?.description(taking: source.description) ?? source.description
    let format = try #require(RecordFormats.format(named: preset?.formatName ?? name))
    return SourceDeclaration(
      name: source.name, latenessMilliseconds: source.latenessMilliseconds,
      parser: BlockParser(
        readers: [try format.reader(for: description)],
        identityKinds: description.identityKinds, columns: rules.columns))
  }

  /// As far as it can be read: a member of one fixture is damaged.
  private static func log(at path: String) throws -> Data {
    let data = try Data(contentsOf: URL(filePath: path))
    return path.hasSuffix(".gz")
      ? try Shell.run(["sh", "-c", "gzip -dc 2>/dev/null; true"], input: data) : data
  }
}

/// A linear congruential generator (Knuth's MMIX): what is cut need not be cut well.
private struct FixtureChance {
  var state: UInt64

  mutating func below(_ bound: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int(state >> 33) % bound
  }
}
