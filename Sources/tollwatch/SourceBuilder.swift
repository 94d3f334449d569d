import AccessLog
import Detection
import Foundation
import Ingest
import RuleFiles

/// Finds the files of each source, their format and their order.
struct SourceBuilder {
  private let command: ReplayCommand
  private let configuration: Configuration
  private let routes: RouteTemplates
  private let columns: RecordColumns
  private let hash: SipHash
  private(set) var notes: [String] = []
  /// Why each file that was meant to be read is not.
  private var unread: [String] = []

  /// How much of a file is looked at to find its format.
  private static let headBytesMax = 64 * 1024

  init(
    command: ReplayCommand, configuration: Configuration, routes: RouteTemplates,
    columns: RecordColumns, hash: SipHash
  ) {
    self.command = command
    self.configuration = configuration
    self.routes = routes
    self.columns = columns
    self.hash = hash
  }

  mutating func sources() throws -> [ReplayPlan.Source] {
    let declared = configuration.sources.isEmpty ? [undeclared] : configuration.sources
    let files = try assign(declared)
    var sources: [ReplayPlan.Source] = []
    for (source, segments) in zip(declared, files) where !segments.isEmpty {
      sources.append(try build(source, segments))
    }
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

  /// Without a configuration every LOG belongs to one source.
  private var undeclared: Configuration.Source {
    Configuration.Source(name: "default", paths: command.logs, format: nil)
  }

  // MARK: - files

  private mutating func assign(_ declared: [Configuration.Source]) throws -> [[Segment]] {
    if configuration.sources.isEmpty { return [try find(command.logs)] }
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
      sampling: source.sampling, segments: order.segments)
  }

  /// The readers of the source's formats in their order; what one does not read the next may.
  private mutating func readers(
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
    if let template = command.logFormat { description.template = template }
    if !command.identity.isEmpty {
      description.identity = command.identity.map(IdentityField.init(withDefaultSecrecy:))
    }
    if name == W3CLogFormat.name, description.template == nil {
      description.template = W3CLogFormat.template(inHead: heads(of: segments))
    }
    if let name { return try compile(named: name, description, source) }
    if description.template != nil { return try compile("nginx", description, source) }
    if !description.fields.isEmpty { return try compile("json", description, source) }
    return try fitted(description, source, segments)
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
    var text = "log_format of source '\(source.name)': \(fault.message)"
    if let template = description.template {
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

  /// The first lines of the segments, of which each is whole.
  private func heads(of segments: [Segment]) -> [UInt8] {
    var heads: [UInt8] = []
    for segment in segments where heads.count < Self.headBytesMax {
      guard let head = try? segment.head(byteCountMax: Self.headBytesMax) else { continue }
      let end = head.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? head.endIndex
      heads += head.prefix(upTo: end)
    }
    return heads
  }

  private mutating func fitted(
    _ description: FormatDescription, _ source: Configuration.Source, _ segments: [Segment]
  ) throws -> (any LineReader, [RecordBatch.IdentityKind]) {
    let heads = heads(of: segments)
    // Where there is nothing to read, any format reads it.
    if heads.isEmpty { return try compile("nginx", Presets.all[0].description, source) }
    guard let fit = PresetFit.best(for: heads), fit.share > 0.5 else {
      throw Stop(
        ExitStatus.configuration,
        "No known format fits the first lines; say what the gateway writes:\n"
          + "  tollwatch replay --log-format '<the text of its log_format>' …")
    }
    notes.append(
      "format: \(fit.preset.name) fits \(Int((fit.share * 100).rounded(.down))) in 100 of the "
        + "first lines; next time: --format \(fit.preset.name)")
    return try compile(fit.preset.formatName, fit.preset.description(taking: description), source)
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
