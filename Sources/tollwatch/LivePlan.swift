import AccessLog
import Detection
import Foundation
import Ingest
import Pipeline
import RuleFiles

/// What a service is going to do: everything that can be wrong with its configuration is found
/// out here, before anything is read or written.
struct LivePlan {
  struct Source {
    var name: String
    var paths: [String]
    /// Where older logs are, besides those.
    var archives: [String] = []
    var latenessMilliseconds: Int64
    var silenceMilliseconds: Int64
    var parser: BlockParser
    /// The writer logs one of so many requests.
    var sampling: Int
    /// Where it takes in lines that the gateway sends by itself.
    var listen: [ListenAddress]
    var spoolBytesMax: Int64

    /// Everywhere.
    var allPaths: [String] { paths + archives }
  }

  let configurationPath: String
  let store: String
  /// Where lines wait that sources listened to.
  let spoolFolder: String
  let backfillMilliseconds: Int64
  let checkpointMilliseconds: Int64
  let journalCountMax: Int
  /// The file that is touched as long as all is well.
  let heartbeat: String?
  let fingerprints: Fingerprints
  let rules: RuleSet
  let registry: KeyRegistry
  private(set) var sources: [Source]
  /// Tells this plan from what its files said at another time.
  let contentHash: String
  /// What the person should know: warnings, files left out.
  private(set) var notes: [String] = []

  /// `database` is where the store is by now, and `fingerprintKey` the file of its secret, where
  /// they are not as the configuration says.
  init(
    configurationPath path: String, database: String? = nil, fingerprintKey: String? = nil
  ) throws {
    configurationPath = path
    var command = ReplayOptions(config: path, fingerprintKey: fingerprintKey)
    let configuration = try ReplayPlan.configuration(command, notes: &notes)
    guard let store = configuration.store else {
      throw Stop(
        ExitStatus.configuration,
        "\(path): names no store; write where alerts are kept:\n"
          + "  store: /var/lib/tollwatch/tollwatch.sqlite")
    }
    guard !configuration.sources.isEmpty else {
      throw Stop(ExitStatus.configuration, "\(path): names no sources")
    }
    self.store = store
    spoolFolder = configuration.spoolFolder ?? "spool"
    command.db = database ?? store
    backfillMilliseconds = configuration.backfillMilliseconds
    checkpointMilliseconds = configuration.checkpointMilliseconds
    journalCountMax = configuration.journalCountMax
    heartbeat = configuration.heartbeat
    fingerprints = try ReplayPlan.fingerprints(command, configuration, notes: &notes)
    rules = try ReplayPlan.rules(command, configuration, notes: &notes)
    registry = try ReplayPlan.registry(command, configuration, fingerprints, notes: &notes)
    let routes = RouteTemplates(registry.apis.flatMap(\.routes))
    let columns = rules.columns.union(.bytes)
    var builder = SourceBuilder(
      command: command, configuration: configuration, routes: routes, columns: columns,
      hash: fingerprints.tableHash)
    contentHash = try Self.contentHash(path, rules, registry, fingerprints)
    sources = try configuration.sources.map {
      try Self.source($0, &builder, routes, columns)
    }.sorted { $0.name < $1.name }
    notes += builder.notes
  }

  private static func contentHash(
    _ path: String, _ rules: RuleSet, _ registry: KeyRegistry, _ fingerprints: Fingerprints
  ) throws -> String {
    let text = try String(contentsOfFile: path, encoding: .utf8)
    let bytes = Array("\(rules.contentHash) \(registry.contentHash) \(text)".utf8)
    return String(fingerprints.tableHash.hash(bytes.span), radix: 16)
  }

  private static func source(
    _ source: Configuration.Source, _ builder: inout SourceBuilder, _ routes: RouteTemplates,
    _ columns: RecordColumns
  ) throws -> Source {
    let segments = LogFiles(source.paths).segments.filter { !$0.isStream }
    let (readers, kinds) = try builder.readers(for: source, segments)
    let parser = BlockParser(
      readers: readers, identityKinds: kinds, throttledStatuses: source.throttledStatus,
      routes: routes, columns: columns)
    return Source(
      name: source.name, paths: source.paths, latenessMilliseconds: source.latenessMilliseconds,
      silenceMilliseconds: source.silenceMilliseconds, parser: parser, sampling: source.sampling,
      listen: source.listen, spoolBytesMax: source.spoolBytesMax)
  }

  /// What each source listens to.
  var listening: [String: [ListenAddress]] {
    Dictionary(uniqueKeysWithValues: sources.map { ($0.name, $0.listen) })
  }

  /// Besides what the configuration names there are these.
  mutating func take(_ archives: Archives) {
    for index in sources.indices {
      sources[index].archives = archives.paths(of: sources[index].name)
    }
  }

  /// A pipeline that goes on from `state`, or begins.
  func pipeline(
    restoring state: [UInt8]? = nil, countsUsage: Bool = false
  ) throws(SnapshotFault) -> Pipeline {
    let declarations = sources.map {
      SourceDeclaration(
        name: $0.name, latenessMilliseconds: $0.latenessMilliseconds, parser: $0.parser,
        sampling: $0.sampling)
    }
    let options = options(countsUsage: countsUsage)
    guard let state else {
      return Pipeline(rules: rules, registry: registry, sources: declarations, options: options)
    }
    return try Pipeline(
      rules: rules, registry: registry, sources: declarations, options: options,
      restoring: state, seal: fingerprints.seal)
  }

  /// A pipeline that judges a part of the past of a source by itself, under its own name.
  func pipeline(of name: String, source index: Int, countsUsage: Bool) -> Pipeline {
    let source = sources[index]
    let declaration = SourceDeclaration(
      name: name, latenessMilliseconds: source.latenessMilliseconds, parser: source.parser,
      sampling: source.sampling)
    var options = options(countsUsage: countsUsage)
    options.backfill = name
    return Pipeline(rules: rules, registry: registry, sources: [declaration], options: options)
  }

  private func options(countsUsage: Bool) -> EngineOptions {
    let fingerprints = fingerprints
    var options = EngineOptions(
      countsUsage: countsUsage, hash: fingerprints.tableHash,
      fingerprint: { fingerprints.name(for: $0) })
    // The database drops the oldest hours instead.
    options.bounds.usage.rows = .max
    return options
  }

  /// A pipeline that begins.
  func freshPipeline(countsUsage: Bool = false) -> Pipeline {
    do throws(SnapshotFault) {
      return try pipeline(countsUsage: countsUsage)
    } catch { preconditionFailure("a pipeline that restores nothing cannot fail to") }
  }

  /// The first time stamp in the head of a file of `source`.
  func firstTime(of source: Source) -> @Sendable ([UInt8]) -> Int64? {
    let (parser, hash) = (source.parser, fingerprints.tableHash)
    return { head in Self.times(head, parser, hash).first?.milliseconds }
  }

  /// From when to when the records of `lines` are; nil where there are none. A stamp that no
  /// gateway of today writes moves nothing.
  func span(of lines: [UInt8], _ source: Source) -> ClosedRange<EventTime>? {
    let times = Self.times(lines, source.parser, fingerprints.tableHash)
      .filter { SourceClock.plausible.contains($0.milliseconds) }
    guard let first = times.min(), let last = times.max() else { return nil }
    return first...last
  }

  private static func times(
    _ lines: [UInt8], _ parser: BlockParser, _ hash: SipHash
  ) -> [EventTime] {
    var batch = RecordBatch(hash: hash)
    parser.parse(lines, into: &batch)
    return Array(batch.times)
  }
}
