import AccessLog
import Detection
import Foundation
import Pipeline
import RuleFiles
import Testing

/// Live, bytes come as they are written: the alerts must not know where one chunk ended.
@Suite struct PipelineChunkTests {
  private static let fixture = Fixture.threeQuestions
  private let log: [UInt8]

  init() throws { log = try Array(Shell.gunzip(Self.fixture.contents("access.log.gz"))) }

  @Test func `chunks may be cut anywhere`() throws {
    let whole = try alerts { _ in log.count }
    #expect(whole.count > 3)
    for bytesMax in [300, 5000, 200_000] {
      let seed = UInt64.random(in: .min ... .max)
      var chance = Chance(state: seed)
      let pieces = try alerts { _ in Int(chance.next() % UInt64(bytesMax)) + 1 }
      #expect(pieces == whole, "seed \(seed), chunks of up to \(bytesMax) bytes")
    }
  }

  @Test func `lines may come one by one, each in two halves`() throws {
    let whole = try alerts { _ in log.count }
    var isFirstHalf = false
    let halves = try alerts { start in
      isFirstHalf.toggle()
      let end = log[start...].firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? log.count
      return isFirstHalf ? max(1, (end - start) / 2) : end - start
    }
    #expect(halves == whole)
  }

  /// Pushes the log in chunks of the sizes that `size` gives for the offset of each.
  private func alerts(size: (Int) -> Int) throws -> [Alert] {
    var pipeline = try pipeline()
    var alerts: [Alert] = []
    var start = 0
    while start < log.count {
      let end = min(log.count, start + size(start))
      pipeline.push(Array(log[start..<end]), from: 0, into: &alerts)
      start = end
    }
    pipeline.endSegment(of: 0, into: &alerts)
    pipeline.finish(0, into: &alerts)
    return alerts
  }

  private func pipeline() throws -> Pipeline {
    let folder = Self.fixture.path
    let configuration = try ConfigurationLoader.load(path: folder + "/tollwatch.yaml").configuration
    let source = try #require(configuration.sources.first)
    let reader = try NginxLogFormat.reader(for: source.description)
    let registry = try RegistryLoader.load(paths: configuration.registry) { "key:\($0)" }.registry
    return Pipeline(
      rules: try RuleLoader.load(paths: configuration.rules).ruleSet, registry: registry,
      sources: [
        SourceDeclaration(
          name: source.name,
          parser: BlockParser(
            readers: [reader], identityKinds: source.description.identityKinds))
      ],
      options: EngineOptions(
        hash: SipHash(key0: 1, key1: 2),
        fingerprint: { "key:" + String(decoding: $0, as: UTF8.self) }))
  }
}

/// A linear congruential generator (Knuth's MMIX): what is cut need not be cut well.
private struct Chance {
  var state: UInt64

  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state >> 33
  }
}
