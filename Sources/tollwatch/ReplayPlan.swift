import AccessLog
import Detection
import Foundation
import Glibc
import Ingest
import Pipeline
import Report
import RuleFiles

/// What a replay is going to do: everything that can be wrong is found out here, before the
/// first line is read.
struct ReplayPlan {
  /// A source with its segments in the order in which they were written.
  struct Source {
    var name: String
    var latenessMilliseconds: Int64
    var parser: BlockParser
    /// The writer logs one of so many requests.
    var sampling: Int
    var segments: [Segment]
    /// A field that may name the caller, where no line does by those that are asked for.
    var identityHint: String?
  }

  let command: ReplayOptions
  let fingerprints: Fingerprints
  let rules: RuleSet
  let registry: KeyRegistry
  let draftAdvice: DraftAdvice
  private(set) var sources: [Source] = []
  /// What the person should know before the alerts: warnings, files left out.
  private(set) var notes: [String] = []

  /// - Parameter rules: Those to judge by; `nil` for those that the command names.
  init(_ command: ReplayOptions, rules: RuleSet? = nil) throws {
    self.command = command
    let configuration = try Self.configuration(command, notes: &notes)
    try Self.checkFolder(of: command.db)
    try Self.checkReport(command.report, command)
    fingerprints = try Self.fingerprints(command, configuration, notes: &notes)
    self.rules = try rules ?? Self.rules(command, configuration, notes: &notes)
    draftAdvice = DraftAdvice(command, configuration.fingerprintKey, fingerprints)
    registry = try Self.registry(command, configuration, fingerprints, notes: &notes)
    var builder = SourceBuilder(
      command: command, configuration: configuration,
      routes: RouteTemplates(registry.apis.flatMap(\.routes)),
      columns: self.rules.columns.union(command.columns).union(countsUsage ? .bytes : []),
      hash: fingerprints.tableHash)
    sources = try builder.sources()
    notes += builder.notes
  }

  /// One thread reads, the others parse; the engine is this one's own.
  var threadCount: Int { command.threads ?? ProcessInfo.processInfo.activeProcessorCount }

  /// By source, the files of its segments in their order.
  var segmentPaths: [String: [String]] {
    Dictionary(uniqueKeysWithValues: sources.map { ($0.name, $0.segments.map(\.path)) })
  }

  /// Whether who asked for what is counted by the hour: for the database, and for the page.
  private var countsUsage: Bool { command.db != nil || command.report != nil }

  /// - Parameters:
  ///   - rules: Some of the plan's; `nil` for all.
  ///   - inquiry: What to find out on the way.
  func pipeline(rules: RuleSet? = nil, inquiry: Inquiry? = nil) -> Pipeline {
    let fingerprints = fingerprints
    var options = EngineOptions(
      from: command.from, to: command.to, detectFrom: command.detectFrom,
      countsUsage: countsUsage,
      hash: fingerprints.tableHash, fingerprint: { fingerprints.name(for: $0) })
    options.inquiry = inquiry
    var pipeline = Pipeline(
      rules: rules ?? self.rules, registry: registry,
      sources: sources.map {
        SourceDeclaration(
          name: $0.name, latenessMilliseconds: $0.latenessMilliseconds, parser: $0.parser,
          sampling: $0.sampling)
      },
      options: options)
    var alerts: [Alert] = []  // there are none before the first record
    for mark in command.marks {
      pipeline.apply(JournalEntry(.mark, time: mark.time, detail: mark.name), into: &alerts)
    }
    return pipeline
  }

  /// A mistyped path must not make folders.
  private static func checkFolder(of database: String?) throws(Stop) {
    guard let database else { return }
    let folder = ConfigurationPath.folder(of: database)
    guard folder.isEmpty || FileManager.default.fileExists(atPath: folder) else {
      throw Stop(ExitStatus.failed, "\(database): there is no folder \(folder)")
    }
  }

  /// Hours of reading must not end with a page that cannot be written.
  private static func checkReport(
    _ path: String?, _ command: ReplayOptions
  ) throws(Stop) {
    guard let path else { return }
    for other in [command.db].compactMap(\.self) + command.logs
    where isSameFile(path, other) {
      throw Stop(ExitStatus.usage, "--report \(path): it would replace \(other)")
    }
    do throws(AtomicFile.Fault) {
      try AtomicFile.check(path)
    } catch { throw Stop(ExitStatus.failed, "\(path): \(error)") }
  }

  /// Also of files that are not there yet, which have only their paths.
  private static func isSameFile(_ a: String, _ b: String) -> Bool {
    var (first, second) = (stat(), stat())
    guard stat(a, &first) == 0, stat(b, &second) == 0 else {
      func path(_ text: String) -> String { URL(fileURLWithPath: text).standardizedFileURL.path }
      return path(a) == path(b)
    }
    return first.st_dev == second.st_dev && first.st_ino == second.st_ino
  }

  /// Who has nowhere to keep a key gets one for this run: only his fingerprints are of no use
  /// later.
  static func fingerprints(
    _ command: ReplayOptions, _ configuration: Configuration, notes: inout [String]
  ) throws(Stop) -> Fingerprints {
    let told = command.fingerprintKey ?? configuration.fingerprintKey
    if told == nil, let database = command.db {
      return try Fingerprints(besideDatabase: database)
    }
    let path = told ?? Fingerprints.usersPath
    do throws(Stop) {
      return try Fingerprints(path: path, isNamed: command.fingerprintKey != nil)
    } catch {
      let mayDoWithout = told == nil && !FileManager.default.fileExists(atPath: path)
      guard mayDoWithout else { throw error }
      notes.append("\(error.message); fingerprints and line hashes are of this run alone")
      return Fingerprints.ofThisRun()
    }
  }

  static func configuration(
    _ command: ReplayOptions, notes: inout [String]
  ) throws -> Configuration {
    guard let path = command.config else { return Configuration() }
    do {
      let loaded = try ConfigurationLoader.load(path: path)
      notes += loaded.warnings.map(\.description)
      return loaded.configuration
    } catch { throw Stop(ExitStatus.configuration, error.description) }
  }

  static func rules(
    _ command: ReplayOptions, _ configuration: Configuration, notes: inout [String]
  ) throws -> RuleSet {
    do {
      let loaded = try RuleLoader.load(
        paths: configuration.rules + command.rules,
        shipped: configuration.usesShippedRules ? RulesCommand.shippedFiles : [])
      notes += loaded.warnings.map(\.description)
      return loaded.ruleSet
    } catch { throw Stop(ExitStatus.configuration, error.description) }
  }

  static func registry(
    _ command: ReplayOptions, _ configuration: Configuration, _ fingerprints: Fingerprints,
    notes: inout [String]
  ) throws -> KeyRegistry {
    let paths = configuration.registry + command.registry
    guard !paths.isEmpty, command.usesRegistry else { return KeyRegistry() }
    do {
      let advice = DraftAdvice(command, configuration.fingerprintKey, fingerprints)
      let loaded = try RegistryLoader.load(
        paths: paths, keyID: fingerprints.identifier, redraft: advice.command
      ) {
        fingerprints.name(for: Array($0.utf8))
      }
      notes += loaded.warnings.map(\.description)
      return loaded.registry
    } catch { throw Stop(ExitStatus.configuration, error.description) }
  }
}
