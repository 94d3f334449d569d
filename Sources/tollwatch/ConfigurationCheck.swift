import AccessLog
import Detection
import Ingest
import LogSurvey
import RuleFiles

/// Everything that a run would be told, looked at as a whole: one fault does not hide another.
struct ConfigurationCheck {
  /// What the first lines of one source look like.
  struct Sample {
    var name: String
    /// As told, or guessed; `nil` where none was found.
    var format: String?
    var isGuessed: Bool
    var check: SampleCheck
    /// A preset that reads more of the lines.
    var better: PresetFit?
    /// No format fits, and `format` is the one that gets farthest.
    var isUnfit = false
    /// Where no format fits to the end of the lines: what to start from.
    var skeleton: FormatSkeleton?
    /// A field of the format that may name the caller where none is asked for.
    var identityHint: String?
  }

  private(set) var diagnostics: [Diagnostic] = []
  private(set) var samples: [Sample] = []
  private(set) var ruleCount = 0
  private(set) var registry = KeyRegistry()
  private(set) var sourceCount = 0
  private let options: ReplayOptions

  /// Files of a source whose first lines are looked at.
  private static let sampledFileCountMax = 20
  /// Fewer lines than these are told although a log may have some that are no records.
  private static let expectedShare = 0.99
  /// Below it the format is another one.
  private static let leastShare = 0.9
  /// So much more of the lines must a preset read before it is told to be the better one.
  private static let advantageMin = 0.02

  var hasFaults: Bool { diagnostics.contains { $0.severity == .error } }

  init(_ options: ReplayOptions) {
    self.options = options
    var configuration = Configuration()
    if let path = options.config {
      let (read, found) = ConfigurationLoader.examine(path: path)
      configuration = read
      diagnostics += found
    }
    checkRules(configuration)
    checkRegistry(configuration)
    checkTemplate()
    sourceCount = configuration.sources.count
    checkSources(configuration)
    // Files of several sources, or named twice, have their faults once.
    diagnostics = Set(diagnostics).sorted()
  }

  // MARK: - Files that people wrote

  private mutating func checkRules(_ configuration: Configuration) {
    do throws(Diagnostics) {
      let loaded = try RuleLoader.load(
        paths: configuration.rules + options.rules,
        shipped: configuration.usesShippedRules ? RulesCommand.shippedFiles : [])
      ruleCount = loaded.ruleSet.rules.count
      diagnostics += loaded.warnings
    } catch { diagnostics += error.all }
  }

  /// Where there is no secret yet, fingerprints of one that nothing keeps do: they only tell keys
  /// apart.
  private mutating func checkRegistry(_ configuration: Configuration) {
    let existing = Fingerprints.existing(
      told: options.fingerprintKey ?? configuration.fingerprintKey, database: nil)
    let fingerprints = existing ?? Fingerprints.ofThisRun()
    do throws(Diagnostics) {
      let loaded = try RegistryLoader.load(
        paths: configuration.registry + options.registry, keyID: existing?.identifier,
        redraft: DraftAdvice(options, configuration.fingerprintKey, fingerprints).command
      ) {
        fingerprints.name(for: Array($0.utf8))
      }
      registry = loaded.registry
      diagnostics += loaded.warnings
    } catch { diagnostics += error.all }
  }

  /// The format of the command line.
  private mutating func checkTemplate() {
    guard options.format != nil || options.logFormat != nil else { return }
    let name = options.format ?? "nginx"
    let preset = Presets.preset(named: name)
    var description = preset?.description ?? FormatDescription()
    do throws(FormatFault) {
      if let template = try options.template() { description.template = template }
    } catch {
      diagnostics.append(
        Diagnostic(file: "--log-format", message: error.message, suggestion: error.suggestion))
      return
    }
    if !options.identity.isEmpty {
      description.identity = options.identity.map(IdentityField.init(withDefaultSecrecy:))
    }
    do throws(FormatFault) {
      guard let format = RecordFormats.format(named: preset?.formatName ?? name) else {
        _ = try Presets.required(name)
        return
      }
      note(FormatExam(format, description), of: description.template)
    } catch {
      note(
        .error, error.message, at: error.offset, of: description.template,
        suggestion: error.suggestion)
    }
  }

  private mutating func note(_ exam: FormatExam, of template: String?) {
    for variable in exam.unknownVariables {
      note(
        .warning,
        "the writer's documentation has no variable \(variable.name); it is read as text",
        at: variable.offset, of: template, suggestion: variable.nearest)
    }
    for fault in exam.faults {
      guard fault.identityIndex == nil else {
        diagnostics.append(
          Diagnostic(file: "--identity", message: fault.message, suggestion: fault.suggestion))
        continue
      }
      note(.error, fault.message, at: fault.offset, of: template, suggestion: fault.suggestion)
    }
  }

  private mutating func note(
    _ severity: Diagnostic.Severity, _ message: String, at offset: Int, of template: String?,
    suggestion: String?
  ) {
    guard let template else {
      diagnostics.append(
        Diagnostic(severity, file: "--format", message: message, suggestion: suggestion))
      return
    }
    let before = String(decoding: template.utf8.prefix(offset), as: UTF8.self)
    let line = before.count { $0 == "\n" }
    let column = before.split(separator: "\n", omittingEmptySubsequences: false).last ?? ""
    let lines = template.split(separator: "\n", omittingEmptySubsequences: false)
    diagnostics.append(
      Diagnostic(
        severity, file: "--log-format", line: line + 1, column: column.unicodeScalars.count + 1,
        message: message, suggestion: suggestion, sourceLine: String(lines[line])))
  }

  // MARK: - Sample lines

  private mutating func checkSources(_ configuration: Configuration) {
    // What is wrong with the format that the command line names was told there.
    let flags = ["--format", "--log-format", "--identity"]
    guard !diagnostics.contains(where: { flags.contains($0.file) && $0.severity == .error })
    else { return }
    if !options.logs.isEmpty {
      let source = configuration.sources.count == 1 ? configuration.sources.first : nil
      if source?.isFaulty == true { return }
      for family in LogFamilies(find(options.logs)).families {
        var own =
          source ?? Configuration.Source(name: family.name, paths: options.logs, format: nil)
        own.name = family.name == LogFamilies.onlyName ? own.name : family.name
        check(own, family.segments, configuration)
      }
    } else {
      for source in configuration.sources {
        let segments = find(source.paths)
        // What is wrong with its format was told at its place already.
        if !source.isFaulty { check(source, segments, configuration) }
      }
    }
  }

  private mutating func find(_ paths: [String]) -> [Segment] {
    let files = LogFiles(paths)
    for problem in files.problems {
      // A log that is not there yet may come; one that may not be read will not heal.
      let isMissing = problem.reason == .notFound && options.logs.isEmpty
      diagnostics.append(
        Diagnostic(
          isMissing ? .warning : .error, file: problem.path, message: problem.words))
    }
    return files.segments.sorted { ($0.rotation, $0.path) < ($1.rotation, $1.path) }
  }

  private mutating func check(
    _ source: Configuration.Source, _ segments: [Segment], _ configuration: Configuration
  ) {
    let heads = heads(of: Array(segments.prefix(Self.sampledFileCountMax)))
    let all = heads.flatMap(\.bytes)
    guard !all.isEmpty else { return }
    let ranked = PresetFit.ranked(for: all)
    var builder = SourceBuilder(
      command: options, configuration: configuration,
      routes: RouteTemplates(registry.apis.flatMap(\.routes)), columns: .all,
      hash: SipHash(key0: 0, key1: 0))
    do {
      let (readers, kinds) = try builder.readers(for: source, segments)
      let parser = BlockParser(
        readers: readers, identityKinds: kinds, throttledStatuses: source.throttledStatus,
        columns: .all)
      var check = SampleCheck(parser: parser)
      for head in heads { check.add(head.bytes, file: head.path) }
      let guess = builder.guesses.first?.guess.best.preset.name
      let format = guess ?? options.format ?? source.format ?? "nginx"
      add(
        source, format, guess != nil, check, ranked, all,
        hint: builder.identityHint(of: source, format: format, lines: all))
    } catch let stop as Stop {
      let words =
        stop.isMisfit
        ? "no format that is known fits the first lines"
        : stop.message.split { $0.isWhitespace }.joined(separator: " ")
      diagnostics.append(Diagnostic(file: segments.first?.path ?? source.name, message: words))
      if stop.isMisfit { addClosest(source, heads, ranked) }
    } catch {
      diagnostics.append(Diagnostic(file: source.name, message: "\(error)"))
    }
  }

  /// What gets farthest into lines that nothing reads, and what to start from instead.
  private mutating func addClosest(
    _ source: Configuration.Source, _ heads: [(path: String, bytes: [UInt8])],
    _ ranked: [PresetFit]
  ) {
    let all = heads.flatMap(\.bytes)
    guard let closest = ranked.first?.preset ?? ClosestFormat.preset(for: all),
      let reader = try? closest.reader()
    else { return }
    var check = SampleCheck(parser: BlockParser(readers: [reader], columns: .all))
    for head in heads { check.add(head.bytes, file: head.path) }
    samples.append(
      Sample(
        name: source.name, format: closest.name, isGuessed: true, check: check, isUnfit: true,
        skeleton: Self.skeleton(all, reading: 1)))
  }

  /// A draft is worth showing if it reads at least so many of the lines.
  private static func skeleton(_ lines: [UInt8], reading count: Int) -> FormatSkeleton? {
    FormatSkeleton(lines).flatMap { $0.matchedCount >= count ? $0 : nil }
  }

  private mutating func add(
    _ source: Configuration.Source, _ format: String, _ isGuessed: Bool, _ check: SampleCheck,
    _ ranked: [PresetFit], _ lines: [UInt8], hint: String?
  ) {
    let share = Double(check.matchedCount) / Double(max(1, check.lineCount))
    let exactShare =
      Double(check.matchedCount - check.trailingTextCount) / Double(max(1, check.lineCount))
    let better = ranked.first {
      $0.preset.name != format
        && ($0.share > share + Self.advantageMin
          || $0.share >= share && $0.exactShare > exactShare + Self.advantageMin)
    }
    samples.append(
      Sample(
        name: source.name, format: format, isGuessed: isGuessed, check: check, better: better,
        skeleton: isGuessed && check.trailingTextCount * 2 > check.matchedCount
          ? Self.skeleton(lines, reading: 2) : nil,
        identityHint: hint))
    guard let first = check.misses.first, share < Self.expectedShare else { return }
    let count = check.lineCount - check.matchedCount
    diagnostics.append(
      Diagnostic(
        share < Self.leastShare ? .error : .warning, file: first.file, line: first.line,
        column: first.offset + 1,
        message: "\(count) of the first \(check.lineCount) lines "
          + "\(count == 1 ? "is" : "are") none of the format '\(format)'; this is the first",
        suggestion: better.map { "format: \($0.preset.name)" }))
  }

  private mutating func heads(of segments: [Segment]) -> [(path: String, bytes: [UInt8])] {
    var heads: [(path: String, bytes: [UInt8])] = []
    for segment in segments where !segment.isStream {
      do throws(IngestError) {
        let head = try segment.head(byteCountMax: SourceBuilder.headBytesMax)
        let end = head.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? head.endIndex
        heads.append((segment.path, Array(head.prefix(upTo: end))))
      } catch {
        diagnostics.append(Diagnostic(file: error.path, message: error.words))
      }
    }
    return heads
  }
}

extension IngestError {
  /// Without the path, which stands before it.
  fileprivate var words: String {
    let prefix = "\(path): "
    return description.hasPrefix(prefix)
      ? String(description.dropFirst(prefix.count)) : description
  }
}
