import AccessLog
import Detection
import Foundation
import Ingest
import RuleFiles
import Terminal

/// Finds the files of each source, their format and their order.
struct SourceBuilder {
  let command: ReplayOptions
  private let configuration: Configuration
  private let routes: RouteTemplates
  private let columns: RecordColumns
  private let hash: SipHash
  private(set) var notes: [String] = []
  /// Why each file that was meant to be read is not.
  private var unread: [String] = []
  /// Of sources whose format nobody told.
  private(set) var guesses: [(name: String, guess: FormatGuess)] = []
  /// Logs that no format fits; the command for next time does not name them.
  private var unfitPaths: Set<String> = []

  /// How much of a file is looked at to find its format.
  static let headBytesMax = 64 * 1024

  init(
    command: ReplayOptions, configuration: Configuration, routes: RouteTemplates,
    columns: RecordColumns, hash: SipHash
  ) {
    self.command = command
    self.configuration = configuration
    self.routes = routes
    self.columns = columns
    self.hash = hash
  }

  mutating func sources() throws -> [ReplayPlan.Source] {
    var sources =
      configuration.sources.isEmpty ? try undeclaredSources() : try declaredSources()
    guard !sources.isEmpty else { throw Stop(ExitStatus.noInput, "There is no log to read.") }
    if !unread.isEmpty, sources.allSatisfy({ $0.segments.isEmpty }) {
      throw Stop(ExitStatus.noInput, unread.joined(separator: "\n"))
    }
    notes += unread.map { "not read: \($0)" }
    if !unread.isEmpty {
      notes.append("\(unread.count) file\(unread.count == 1 ? "" : "s") of the logs not read")
    }
    // Records of one time come in the order of the sources: it must not be that of a file.
    sources.sort { $0.name < $1.name }
    return sources
  }

  private mutating func declaredSources() throws -> [ReplayPlan.Source] {
    let declared = configuration.sources
    let files = try assign(declared)
    var sources: [ReplayPlan.Source] = []
    for (source, segments) in zip(declared, files) where !segments.isEmpty {
      sources.append(try build(source, segments))
    }
    return sources
  }

  /// Without a configuration each log is a source, with its rotations, and is read by the format
  /// that was told or that fits it. What no format fits is left out where something else fits.
  private mutating func undeclaredSources() throws -> [ReplayPlan.Source] {
    let segments = try find(command.logs)
    var families = LogFamilies(segments).families
    if families.count > 1, try arePiecesOfOneLog(families) {
      families = [LogFamilies.Family(name: LogFamilies.onlyName, segments: segments)]
    }
    var sources: [ReplayPlan.Source] = []
    var unfit: [(family: LogFamilies.Family, stop: Stop)] = []
    for family in families {
      let source = Configuration.Source(name: family.name, paths: command.logs, format: nil)
      do {
        if families.count > 1 { try checkFit(family, source) }
        sources.append(try build(source, family.segments))
      } catch let stop as Stop where stop.isMisfit || stop.status == ExitStatus.noInput {
        unfit.append((family, stop))
      }
    }
    if sources.isEmpty, let first = unfit.first { throw first.stop }
    unfitPaths = Set(unfit.flatMap { $0.family.segments.map(\.path) })
    for (family, stop) in unfit {
      notes.append(stop.isMisfit ? Self.unread(family) : "not read: \(stop.message)")
    }
    noteGuesses(sources)
    return sources
  }

  /// Whether each log ends before the next one begins and all are of one format: then somebody
  /// cut one log into pieces, whatever their names.
  private mutating func arePiecesOfOneLog(_ families: [LogFamilies.Family]) throws -> Bool {
    let source = Configuration.Source(
      name: LogFamilies.onlyName, paths: command.logs, format: nil)
    let guessCount = guesses.count
    defer { guesses.removeLast(guesses.count - guessCount) }
    guard let read = try? readers(for: source, families[0].segments) else { return false }
    let parser = BlockParser(readers: read.0, identityKinds: read.1)
    var pieces: [(first: Int64, segment: Segment)] = []
    for segment in families.flatMap(\.segments) {
      guard let head = try? segment.head(byteCountMax: Self.headBytesMax),
        let first = times(head, parser).first
      else { return false }
      pieces.append((first, segment))
    }
    pieces.sort { $0.first < $1.first }
    for (piece, next) in zip(pieces, pieces.dropFirst()) {
      guard let tail = try? piece.segment.tail(byteCountMax: Self.headBytesMax),
        let last = times(tail, parser).max(),
        last - source.latenessMilliseconds <= next.first
      else { return false }
    }
    return true
  }

  private static func unread(_ family: LogFamilies.Family) -> String {
    let paths = family.segments.map(\.path)
    let more = paths.count > 1 ? " and \(Quantity.count(paths.count - 1)) more of its name" : ""
    return "not read: \(paths.first ?? "")\(more): no access log by its first lines"
  }

  /// A log of which the first lines hold no record of the format that was told.
  private mutating func checkFit(
    _ family: LogFamilies.Family, _ source: Configuration.Source
  ) throws {
    guard command.format != nil || command.logFormat != nil else { return }
    let (readers, kinds) = try readers(for: source, family.segments)
    let heads = heads(of: family.segments)
    let parser = BlockParser(readers: readers, identityKinds: kinds)
    if !heads.isEmpty, times(heads, parser).isEmpty { throw Stop.misfit(family.segments) }
  }

  /// What was guessed, and what to type so that nothing must be guessed next time.
  private mutating func noteGuesses(_ sources: [ReplayPlan.Source]) {
    guard !guesses.isEmpty else { return }
    for (name, guess) in guesses {
      notes.append("format of \(name): \(guess.explanation)")
    }
    let formats = guesses.map(\.guess.best.preset.name)
    let words = CommandLine.arguments.filter { !unfitPaths.contains($0) }
    if let command = NextCommand(words: words).text(formats: formats) {
      return notes.append("next time: \(command)")
    }
    let found = zip(guesses, formats).map { guess, format in
      let segments = sources.first { $0.name == guess.name }?.segments ?? []
      return (name: guess.name, paths: segments.map(\.path), format: format)
    }
    notes.append(
      "next time: tollwatch replay --config tollwatch.yaml, with this in tollwatch.yaml:\n"
        + NextCommand.configuration(found))
  }

  // MARK: - files

  private mutating func assign(_ declared: [Configuration.Source]) throws -> [[Segment]] {
    if command.logs.isEmpty { return try declared.map { try find($0.paths) } }
    let wanted = try find(command.logs)
    if declared.count == 1 { return [wanted] }
    let homes = declared.map { source in
      Set(LogFiles(source.paths).segments.map { Self.canonical($0.path) })
    }
    var assigned = Array(repeating: [Segment](), count: declared.count)
    for segment in wanted {
      guard let home = homes.firstIndex(where: { $0.contains(Self.canonical(segment.path)) })
      else {
        throw Stop(
          ExitStatus.usage,
          "\(segment.path): belongs to no source of the configuration; "
            + "add it to the paths of one, or leave the configuration out")
      }
      assigned[home].append(segment)
    }
    return assigned
  }

  private static func canonical(_ path: String) -> String {
    URL(filePath: path).resolvingSymlinksInPath().path
  }

  private mutating func find(_ paths: [String]) throws -> [Segment] {
    let files = LogFiles(paths)
    let named = files.problems.filter { paths.contains($0.path) }
    guard named.isEmpty else {
      throw Stop(ExitStatus.noInput, named.map(\.description).joined(separator: "\n"))
    }
    notes += files.problems.map { "not read: \($0.description)" }
    notes += files.skippedPaths.map { "not read: \($0): no regular file" }
    return files.segments
  }

  // MARK: - formats

  private mutating func build(
    _ source: Configuration.Source, _ segments: [Segment]
  ) throws -> ReplayPlan.Source {
    let (readers, kinds) = try readers(for: source, segments)
    let parser = BlockParser(
      readers: readers, identityKinds: kinds, throttledStatuses: source.throttledStatus,
      routes: routes, columns: columns)
    if source.sampling > 1 {
      notes.append(
        "source \(source.name): one of \(source.sampling) requests is logged; "
          + "counts are estimates, and nothing is said of what is missing")
    }
    if configuration.sources.isEmpty, readers.contains(where: \.lacksZone) {
      notes.append(
        "the stamps of \(source.name) tell no zone and are taken as UTC; "
          + "`timezone` in a configuration says another")
    }
    let fitting = fitting(segments, parser, source)
    let order = SegmentOrder(
      fitting, firstTime: { times($0, parser).first }, lastTime: { times($0, parser).last })
    unread += order.problems.map(\.description)
    notes += order.duplicates.map {
      "not read again: \($0.skipped.path) is \($0.isWhole ? "the same as" : "the beginning of") "
        + $0.kept.path
    }
    return ReplayPlan.Source(
      name: source.name, latenessMilliseconds: source.latenessMilliseconds, parser: parser,
      sampling: source.sampling, segments: order.segments,
      identityHint: identityHint(
        of: source, format: formatName(of: source),
        lines: heads(of: segments.filter { !$0.isStream })))
  }

  private func formatName(of source: Configuration.Source) -> String {
    let guess = guesses.last { $0.name == source.name }?.guess.best.preset.name
    return guess ?? command.format ?? source.format ?? "nginx"
  }

  /// The readers of the source's formats in their order; what one does not read the next may.
  mutating func readers(
    for source: Configuration.Source, _ segments: [Segment]
  ) throws -> ([any LineReader], [RecordBatch.IdentityKind]) {
    let (first, firstKinds) = try reader(for: source, segments)
    var readers = [first]
    var kinds = firstKinds
    // A format on the command line is meant to be the only one.
    guard command.format == nil, command.logFormat == nil else { return (readers, kinds) }
    for format in source.otherFormats {
      var description = format.description
      if !command.identity.isEmpty {
        description.identity = command.identity.map(IdentityField.init(withDefaultSecrecy:))
      }
      let (reader, otherKinds) = try compile(named: format.name, description, source)
      readers.append(reader)
      kinds += otherKinds.dropFirst(kinds.count)
    }
    return (readers, kinds)
  }

  private mutating func reader(
    for source: Configuration.Source, _ segments: [Segment]
  ) throws -> (any LineReader, [RecordBatch.IdentityKind]) {
    let name = command.format ?? source.format
    var description = source.description
    if let template = try template(for: source) { description.template = template }
    if !command.identity.isEmpty {
      description.identity = command.identity.map(IdentityField.init(withDefaultSecrecy:))
    }
    if description.identity.isEmpty, command.logFormat != nil {
      description.identity = Self.usualIdentities(of: description, format: name ?? "nginx")
    }
    if name == W3CLogFormat.name, description.template == nil {
      description.template = W3CLogFormat.template(inHead: heads(of: segments))
    }
    if let name { return try compile(named: name, description, source) }
    if description.template != nil { return try compile("nginx", description, source) }
    if !description.fields.isEmpty { return try compile("json", description, source) }
    return try fitted(description, source, segments)
  }

  /// What the command line says of the format.
  private func template(for source: Configuration.Source) throws -> String? {
    do throws(FormatFault) {
      return try command.template(of: source.format)
    } catch {
      let suggestion = error.suggestion.map { "\n  try: \($0)" } ?? ""
      throw Stop(ExitStatus.configuration, "--log-format: \(error.message)\(suggestion)")
    }
  }

  /// Compiles a preset or a format.
  private func compile(
    named name: String, _ description: FormatDescription, _ source: Configuration.Source
  ) throws -> (any LineReader, [RecordBatch.IdentityKind]) {
    guard let preset = Presets.preset(named: name) else {
      return try compile(name, description, source)
    }
    return try compile(preset.formatName, preset.description(taking: description), source)
  }

  private func compile(
    _ name: String, _ description: FormatDescription, _ source: Configuration.Source
  ) throws -> (any LineReader, [RecordBatch.IdentityKind]) {
    guard let format = RecordFormats.format(named: name) else { throw Self.unknown(name) }
    do {
      return (try format.reader(for: description), description.identityKinds)
    } catch {
      throw Stop(ExitStatus.configuration, Self.describe(error, description, source))
    }
  }

  private static func unknown(_ name: String) -> Stop {
    let known = (RecordFormats.all.map { $0.name } + Presets.all.map(\.name)).sorted()
    var nearest: String?
    do throws(FormatFault) { _ = try Presets.required(name) } catch { nearest = error.suggestion }
    return Stop(
      ExitStatus.configuration,
      "there is no format '\(name)'" + (nearest.map { "; did you mean '\($0)'?" } ?? "")
        + "\n  there are: \(known.joined(separator: ", "))")
  }

  /// The template with a caret under the place.
  private static func describe(
    _ fault: FormatFault, _ description: FormatDescription, _ source: Configuration.Source
  ) -> String {
    let subject = fault.identityIndex == nil ? "log_format" : "identity"
    var text = "\(subject) of source '\(source.name)': \(fault.message)"
    if let template = description.template, fault.identityIndex == nil {
      let prefix = String(decoding: template.utf8.prefix(fault.offset), as: UTF8.self)
      let line = prefix.split(separator: "\n", omittingEmptySubsequences: false).last ?? ""
      let lineNumber = prefix.count { $0 == "\n" }
      let shown = template.split(separator: "\n", omittingEmptySubsequences: false)[lineNumber]
      text =
        "log_format:\(lineNumber + 1):\(line.count + 1): error: \(fault.message)\n"
        + "  \(shown)\n  \(String(repeating: " ", count: line.count))^"
    }
    return text + (fault.suggestion.map { "\n  try: \($0)" } ?? "")
  }

  private mutating func fitted(
    _ description: FormatDescription, _ source: Configuration.Source, _ segments: [Segment]
  ) throws -> (any LineReader, [RecordBatch.IdentityKind]) {
    let heads = heads(of: segments)
    // Where there is nothing to read, any format reads it.
    if heads.isEmpty {
      notes.append("\(segments.map(\.path).joined(separator: ", ")): there is no line in it")
      return try compile("nginx", Presets.all[0].description, source)
    }
    guard let guess = FormatGuess(heads) else { throw Stop.misfit(segments) }
    guesses.append((source.name, guess))
    let preset = guess.best.preset
    return try compile(preset.formatName, preset.description(taking: description), source)
  }

  /// The first whole lines of the segments.
  func heads(of segments: [Segment]) -> [UInt8] {
    var heads: [UInt8] = []
    for segment in segments where heads.count < Self.headBytesMax {
      guard let head = try? segment.head(byteCountMax: Self.headBytesMax) else { continue }
      let end = head.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? head.endIndex
      heads += head.prefix(upTo: end)
    }
    return heads
  }

  // MARK: - order

  /// Of a folder or a glob only the files are read whose lines fit; what was named is read.
  private mutating func fitting(
    _ segments: [Segment], _ parser: BlockParser, _ source: Configuration.Source
  ) -> [Segment] {
    let named = Set(command.logs.isEmpty ? source.paths : command.logs)
    return segments.filter { segment in
      guard !named.contains(segment.path), !segment.isStream,
        let head = try? segment.head(byteCountMax: Self.headBytesMax), !head.isEmpty
      else { return true }
      if !times(head, parser).isEmpty { return true }
      notes.append("not read: \(segment.path): no line of its head fits the format")
      return false
    }
  }

  /// The time stamps of the records in `bytes`, whose first and last line may be cut.
  private func times(_ bytes: [UInt8], _ parser: BlockParser) -> [Int64] {
    var batch = RecordBatch(hash: hash)
    parser.parse(bytes, into: &batch)
    return batch.times.map(\.milliseconds)
  }
}

extension Stop {
  private static let misfitMessage = "No known format fits the first lines"

  /// No format fits a log.
  fileprivate static func misfit(_ segments: [Segment]) -> Stop {
    let paths = segments.filter { !$0.isStream }.map(\.path)
    let check = ShellText.command(["tollwatch", "check", "--"] + paths)
    return Stop(
      ExitStatus.configuration,
      misfitMessage + "; say what the gateway writes: --log-format, or a preset: --format\n"
        + (paths.isEmpty ? "" : "  where they stop to fit, and a format to start from: \(check)"))
  }

  var isMisfit: Bool { message.hasPrefix(Self.misfitMessage) }
}
