import AccessLog
import Baselines

/// A configuration, and what is odd about it without being wrong.
public struct LoadedConfiguration: Sendable {
  public var configuration: Configuration
  public var warnings: [Diagnostic]
}

/// Reads the configuration file.
public enum ConfigurationLoader {
  public static let sourceCountMax = 1000

  /// Part of the language, and built by no step so far.
  private static let keysNotYetSupported = [
    "alerts", "console", "listen", "metrics", "notify", "retention", "sinks", "webhook",
  ]

  public static func load(
    path: String, formats: [String] = knownFormats
  ) throws(Diagnostics) -> LoadedConfiguration {
    let file = try SourceFile(path: path, byteCountMax: YAMLDocument.byteCountMax)
    return try load(file, formats: formats)
  }

  /// Reads the configuration at `path` as far as it can be read.
  public static func examine(
    path: String
  ) -> (configuration: Configuration, diagnostics: [Diagnostic]) {
    do throws(Diagnostics) {
      return examine(try SourceFile(path: path, byteCountMax: YAMLDocument.byteCountMax))
    } catch { return (Configuration(), error.all) }
  }

  /// Relative paths in the file begin at its folder.
  public static func load(
    _ file: SourceFile, formats: [String] = knownFormats
  ) throws(Diagnostics) -> LoadedConfiguration {
    let (configuration, diagnostics) = examine(file, formats: formats)
    guard !diagnostics.contains(where: { $0.severity == .error }) else {
      throw Diagnostics(diagnostics)
    }
    return LoadedConfiguration(configuration: configuration, warnings: diagnostics.sorted())
  }

  /// What can be read of the file, with all that is wrong or odd about it.
  public static func examine(
    _ file: SourceFile, formats: [String] = knownFormats
  ) -> (configuration: Configuration, diagnostics: [Diagnostic]) {
    let (text, sink) = YAMLDocument.text(
      of: file, byteCountMax: YAMLDocument.byteCountMax, hidesSource: false)
    var configuration = Configuration()
    if let text {
      let folder = ConfigurationPath.folder(of: file.name)
      let root = YAMLDocument.parse(file, text: text, into: sink)
      if let root,
        var fields = FieldReader(
          root, as: "a configuration", sink: sink, notYetSupported: keysNotYetSupported)
      {
        let reader = ConfigurationReader(sink: sink, folder: folder, formats: formats)
        configuration = reader.configuration(&fields)
        fields.finish()
      }
    }
    return (configuration, sink.finish())
  }

  public static var knownFormats: [String] {
    RecordFormats.all.map { $0.name } + Presets.all.map(\.name)
  }
}

private struct ConfigurationReader {
  let sink: DiagnosticSink
  let folder: String
  let formats: [String]

  func configuration(_ fields: inout FieldReader) -> Configuration {
    var configuration = Configuration(
      sources: sources(&fields), registry: paths("registry", &fields),
      rules: paths("rules", &fields), usesShippedRules: fields.flag("shipped_rules", default: true),
      store: path("store", &fields), fingerprintKey: path("fingerprint_key", &fields))
    configuration.backfillMilliseconds =
      fields.duration("backfill", atLeast: 0) ?? configuration.backfillMilliseconds
    configuration.heartbeat = path("heartbeat", &fields)
    configuration.checkpointMilliseconds =
      fields.duration("checkpoint", atLeast: 100) ?? configuration.checkpointMilliseconds
    configuration.journalCountMax = fields.integer(
      "journal_entries", in: 10...10_000_000, default: configuration.journalCountMax)
    for index in configuration.sources.indices { addSpool(index, &configuration, &fields) }
    return configuration
  }

  /// What a source listens to is read from where it waits, also by a replay.
  private func addSpool(
    _ index: Int, _ configuration: inout Configuration, _ fields: inout FieldReader
  ) {
    guard !configuration.sources[index].listen.isEmpty else { return }
    guard let folder = configuration.spoolFolder else {
      fields.fault("a source that listens needs a 'store'", at: "sources", suggestion: nil)
      return
    }
    configuration.sources[index].paths.append("\(folder)/\(configuration.sources[index].name).log*")
  }

  private func sources(_ fields: inout FieldReader) -> [Configuration.Source] {
    guard let node = fields.node("sources"), !node.isNull else { return [] }
    var names: [String: Int] = [:]
    let sources = fields.items("sources") { inner -> Configuration.Source? in
      let name = inner.placedText("name", isRequired: true)
      let errorCount = sink.errorCount
      var source = SourceReader(sink: sink, folder: folder, formats: formats)
        .source(name: name?.text ?? "", &inner)
      source.isFaulty = sink.errorCount > errorCount
      guard let name else { return nil }
      if let line = names.updateValue(name.mark.line, forKey: name.text) {
        sink.report("the source '\(name.text)' stands already in line \(line)", at: name.mark)
      }
      return source
    }
    if sources.count > ConfigurationLoader.sourceCountMax {
      fields.fault("too many sources", at: "sources", suggestion: nil)
    }
    return sources
  }

  private func path(_ key: String, _ fields: inout FieldReader) -> String? {
    fields.text(key).map { ConfigurationPath.absolute($0, folder: folder) }
  }

  private func paths(_ key: String, _ fields: inout FieldReader) -> [String] {
    fields.texts(key).map { ConfigurationPath.absolute($0.text, folder: folder) }
  }
}

package enum ConfigurationPath {
  /// The folder of the file at `path`; empty for that of the process. Foundation's own way traps
  /// on a name of one letter.
  package static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "" }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  static func absolute(_ path: String, folder: String) -> String {
    guard !path.hasPrefix("/"), path != "-", !folder.isEmpty else { return path }
    return folder.hasSuffix("/") ? folder + path : "\(folder)/\(path)"
  }
}
