import AccessLog
import Baselines
import Detection

/// Reads one source of the configuration.
struct SourceReader {
  let sink: DiagnosticSink
  let folder: String
  let formats: [String]

  static let samplingMax = 1_000_000

  func source(name: String, _ fields: inout FieldReader) -> Configuration.Source {
    var source = Configuration.Source(name: name, paths: [])
    source.listen = listen(name, &fields)
    source.spoolBytesMax =
      Int64(fields.integer("spool_megabytes", in: 16...1_000_000, default: 1024)) << 20
    source.paths = fields.texts("paths", isRequired: source.listen.isEmpty).map {
      ConfigurationPath.absolute($0.text, folder: folder)
    }
    readZone(&fields, into: &source)
    source.description.referenceDay = referenceDay(&fields)
    readFormats(&fields, into: &source)
    source.sampling = fields.integer("sampling", in: 1...Self.samplingMax, default: 1)
    source.latenessMilliseconds =
      fields.duration("lateness", atLeast: 0) ?? source.latenessMilliseconds
    source.silenceMilliseconds =
      fields.duration("silence", atLeast: 1000) ?? source.silenceMilliseconds
    source.throttledStatus = throttledStatus(&fields) ?? source.throttledStatus
    return source
  }

  /// The name becomes that of the files in which the lines wait.
  private func listen(_ name: String, _ fields: inout FieldReader) -> [ListenAddress] {
    let texts = fields.texts("listen")
    if let first = texts.first, name.isEmpty || !name.allSatisfy(Self.isFileName) {
      sink.report(
        "a source that listens has a name of letters, digits, '-' and '_'", at: first.mark)
    }
    return texts.compactMap { text in
      if let address = ListenAddress(text.text) { return address }
      sink.report(
        "'\(text.text)' is no address of this machine, such as \(ListenAddress.forms)",
        at: text.mark)
      return nil
    }
  }

  private static func isFileName(_ character: Character) -> Bool {
    character.isASCII && (character.isLetter || character.isNumber || "-_".contains(character))
  }

  // MARK: - Formats

  /// `format` is a name, or a list of names and of mappings with keys of their own; the keys
  /// beside it are those of the first.
  private func readFormats(
    _ fields: inout FieldReader, into source: inout Configuration.Source
  ) {
    let reader = FormatReader(
      sink: sink, folder: folder, formats: formats,
      zone: fields.node("timezone") == nil ? nil : source.description.zone,
      referenceDay: source.description.referenceDay)
    guard let node = fields.node("format"), case .list(let items) = node.content else {
      (source.format, source.description) = reader.format(&fields)
      return
    }
    if items.isEmpty { sink.report("'format' is empty", at: node.mark) }
    if items.count > Self.formatCountMax {
      sink.report("at most \(Self.formatCountMax) formats", at: node.mark)
    }
    let formats = reader.formats(items, &fields)
    guard let first = formats.first else { return }
    (source.format, source.description) = (first.name, first.description)
    source.otherFormats = Array(formats.dropFirst())
    checkSecrecy(formats, at: node.mark)
  }

  static let formatCountMax = 8

  /// A record says by its place in the order whether its identity is a secret.
  private func checkSecrecy(_ formats: [Configuration.SourceFormat], at mark: YAMLNode.Mark) {
    let kinds = formats.map { format in
      Presets.preset(named: format.name)?.description(taking: format.description).identity
        ?? format.description.identity
    }
    for index in 0..<(kinds.map(\.count).max() ?? 0) {
      let secrecies = Set(kinds.compactMap { $0.count > index ? $0[index].isSecret : nil })
      guard secrecies.count > 1 else { continue }
      sink.report(
        "identity field \(index + 1) is a name in one format and a secret in another",
        at: mark, suggestion: "identity: [{field: …, secret: …}] in each of the formats")
      return
    }
  }

  // MARK: - Time and status

  private func readZone(_ fields: inout FieldReader, into source: inout Configuration.Source) {
    guard let name = ZoneReader.zoneName("timezone", &fields),
      let zone = ZoneDatabase.zone(named: name)
    else { return }
    source.zone = zone
    source.description.zone = LocalZone(zone)
  }

  /// For writers whose stamps have no year: `2026`, or a day near which the lines were written
  /// where they go past the end of a year.
  private func referenceDay(_ fields: inout FieldReader) -> Int? {
    guard let value = fields.placedText("year") else { return nil }
    // The second of July has no day of its year farther away than any of another year.
    let date = value.text.utf8.count == 4 ? value.text + "-07-02" : value.text
    guard date.utf8.count == 10, let time = Timestamp.time(date), time.milliseconds >= 0 else {
      sink.report(
        "'\(value.text)' is neither a year such as 2026 nor a day such as 2026-01-03",
        at: value.mark)
      return nil
    }
    return Int(time.seconds / 86_400)
  }

  private func throttledStatus(_ fields: inout FieldReader) -> [Int]? {
    guard fields.node("throttled_status") != nil else { return nil }
    return fields.texts("throttled_status").compactMap { text in
      if let status = Int(text.text), (100...999).contains(status) { return status }
      sink.report("'\(text.text)' is not a status such as 429", at: text.mark)
      return nil
    }
  }
}
