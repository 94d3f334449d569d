import AccessLog
import Detection
import Foundation

/// Reads what a source says of one format: its name, template, field map and identity.
struct FormatReader {
  let sink: DiagnosticSink
  let folder: String
  /// Names that are known.
  let formats: [String]
  /// Of the source, where it says one.
  let zone: LocalZone?
  let referenceDay: Int?

  static let identityCountMax = 4
  /// How many names a message lists.
  private static let listedNameCountMax = 12

  private static let units = [
    "s", "ms", "us", "ns", "epoch_s", "epoch_ms", "epoch_us", "epoch_ns", "rfc3339", "clf",
  ]

  /// The format that the keys of `fields` describe.
  func format(_ fields: inout FieldReader) -> (String?, FormatDescription) {
    let text = fields.placedText("format")
    let name = text.flatMap(known)
    let errorCount = sink.errorCount
    let (description, template) = description(&fields)
    // Of a misspelt format the template is looked at as if it were of the one that was meant.
    let isToldMore = description.template != nil || !description.fields.isEmpty
    let nearest = text.flatMap { NearestWord.nearest(to: $0.text, among: formats) }
    let meant = name ?? (isToldMore ? nearest : nil)
    if text == nil || meant != nil {
      check(
        meant, description, template, at: fields.mark, identities: identityMarks(&fields),
        errorCount)
    }
    return (name, description)
  }

  /// The formats of a list: names take the keys of `fields` as far as these are about the caller,
  /// the first of them all keys; a mapping has keys of its own.
  func formats(
    _ items: [YAMLNode], _ fields: inout FieldReader
  ) -> [Configuration.SourceFormat] {
    let errorCount = sink.errorCount
    let (shared, template) = description(&fields)
    return items.enumerated().compactMap { index, item in
      guard case .mapping = item.content else {
        guard let text = fields.scalar(item, name: "each of 'format'"), let name = known(text)
        else { return nil }
        var description = shared
        if index > 0 {
          description.template = nil
          description.fields = []
        }
        check(
          name, description, index > 0 ? nil : template, at: item.mark,
          identities: identityMarks(&fields), errorCount)
        return Configuration.SourceFormat(name: name, description: description)
      }
      return format(of: item, shared)
    }
  }

  private func format(
    of item: YAMLNode, _ shared: FormatDescription
  ) -> Configuration.SourceFormat? {
    guard var inner = FieldReader(item, as: "each of 'format'", sink: sink) else { return nil }
    let errorCount = sink.errorCount
    let name = inner.placedText("format", isRequired: true).flatMap(known)
    var (description, template) = description(&inner)
    if description.identity.isEmpty { description.identity = shared.identity }
    let marks = identityMarks(&inner)
    inner.finish()
    guard let name else { return nil }
    check(name, description, template, at: item.mark, identities: marks, errorCount)
    return Configuration.SourceFormat(name: name, description: description)
  }

  private func known(_ text: PlacedText) -> String? {
    if formats.contains(text.text) { return text.text }
    let list =
      formats.count > Self.listedNameCountMax
      ? "tollwatch formats list shows what there is"
      : "there are \(formats.joined(separator: ", "))"
    sink.report(
      "unknown format '\(text.text)'; \(list)", at: text.mark,
      suggestion: NearestWord.nearest(to: text.text, among: formats))
    return nil
  }

  /// Compiles the format once, so that a fault in it shows at its place.
  private func check(
    _ name: String?, _ description: FormatDescription, _ template: PlacedText?,
    at mark: YAMLNode.Mark, identities: [YAMLNode.Mark], _ errorCount: Int
  ) {
    // Without a name the rest of the source tells the format, as it does when it is read.
    let assumed =
      description.template != nil ? "nginx" : description.fields.isEmpty ? nil : "json"
    // Of a description that lost a part the faults would be none.
    guard sink.errorCount == errorCount, let name = name ?? assumed else { return }
    var description = description
    var formatName = name
    if let preset = Presets.preset(named: name) {
      description = preset.description(taking: description)
      formatName = preset.formatName
    }
    guard let format = RecordFormats.format(named: formatName) else { return }
    let exam = FormatExam(format, description)
    if let reader = exam.reader { noteZone(reader, name, at: template?.mark ?? mark) }
    for variable in exam.unknownVariables {
      sink.report(
        "the writer's documentation has no variable \(variable.name); it is read as text",
        at: template?.mark(at: variable.offset) ?? mark, suggestion: variable.nearest,
        severity: .warning)
    }
    for fault in exam.faults {
      let identity = fault.identityIndex.map { $0 < identities.count ? identities[$0] : mark }
      sink.report(
        fault.message, at: identity ?? template?.mark(at: fault.offset) ?? mark,
        suggestion: fault.suggestion)
    }
  }

  /// Where neither the lines nor the source tell the zone, all hours may be wrong.
  private func noteZone(_ reader: any LineReader, _ name: String, at mark: YAMLNode.Mark) {
    guard reader.lacksZone, zone == nil else { return }
    sink.report(
      "the stamps of '\(name)' tell no zone and are taken as UTC", at: mark,
      suggestion: "timezone: Europe/Berlin, or timezone: UTC if that is right", severity: .warning)
  }

  // MARK: - Description

  private func description(_ fields: inout FieldReader) -> (FormatDescription, PlacedText?) {
    let template = template(&fields, of: formatName(&fields))
    var description = FormatDescription(
      template: template?.text, fields: fieldMappings(&fields), identity: identity(&fields),
      zone: zone ?? .utc, referenceDay: referenceDay)
    if fields.node("absent") != nil { description.absentTexts = fields.texts("absent").map(\.text) }
    let prefix = fields.word("prefix", oneOf: ["skip", "none"], default: "skip")
    description.skipsPrefix = prefix == "skip"
    let stamp = fields.word("stamp", oneOf: ["start", "end"], default: "end")
    description.moment = stamp == "start" ? .requestStart : .requestEnd
    return (description, template)
  }

  /// The format that `format` names, if it is one name.
  private func formatName(_ fields: inout FieldReader) -> String {
    guard let node = fields.node("format"), case .scalar(let name, _) = node.content else {
      return NginxLogFormat.name
    }
    return Presets.preset(named: name)?.formatName ?? name
  }

  /// The text itself, or `{file: nginx.conf, name: main}`.
  private func template(_ fields: inout FieldReader, of formatName: String) -> PlacedText? {
    guard let node = fields.node("log_format") else { return nil }
    guard case .mapping = node.content else { return fields.placedText("log_format") }
    guard var inner = FieldReader(node, as: "'log_format'", sink: sink) else { return nil }
    let file = inner.placedText("file", isRequired: true)
    let name = inner.text("name")
    inner.finish()
    guard let file, let text = contents(of: file) else { return nil }
    do {
      let statement = try GatewayConfiguration.logFormat(of: formatName, named: name, in: text)
      // What is wrong in it has no place in this file: a block has none.
      return PlacedText(text: statement, style: .block, mark: file.mark)
    } catch {
      sink.report(error.message, at: file.mark, suggestion: error.suggestion)
      return nil
    }
  }

  private func contents(of file: PlacedText) -> String? {
    let path = ConfigurationPath.absolute(file.text, folder: folder)
    do throws(Diagnostics) {
      return try GatewayFile.text(path: path)
    } catch {
      sink.report("\(path) cannot be read", at: file.mark)
      return nil
    }
  }

  /// `{time: {field: started_at, unit: epoch_ms}, client_ip: client_ip}`.
  private func fieldMappings(_ fields: inout FieldReader) -> [FieldMapping] {
    fields.mapping("fields", default: []) { inner in
      var mappings: [FieldMapping] = []
      for field in JSONLines.fieldNames {
        guard let node = inner.node(field) else { continue }
        if let mapping = mapping(of: field, node, &inner) { mappings.append(mapping) }
      }
      return mappings
    }
  }

  private func mapping(
    of field: String, _ node: YAMLNode, _ fields: inout FieldReader
  ) -> FieldMapping? {
    guard case .mapping = node.content else {
      let paths = fields.texts(field, isRequired: true).map(\.text)
      return paths.isEmpty ? nil : FieldMapping(field: field, paths: paths)
    }
    guard var inner = FieldReader(node, as: "'\(field)'", sink: sink) else { return nil }
    let paths = inner.texts("field", isRequired: true).map(\.text)
    let hasUnit = inner.node("unit") != nil
    let unit = hasUnit ? unit(of: field, &inner) : nil
    let values = inner.texts("values").map(\.text)
    inner.finish()
    return paths.isEmpty
      ? nil : FieldMapping(field: field, paths: paths, unit: unit, values: values)
  }

  /// One of the units, or how a time is spelled: `%b %d %H:%M:%S`.
  private func unit(of field: String, _ fields: inout FieldReader) -> String {
    if field == "time", let text = fields.text("unit"), text.contains("%") { return text }
    return fields.word("unit", oneOf: Self.units, default: "s")
  }

  // MARK: - Identity

  /// Where each of the identity fields stands.
  private func identityMarks(_ fields: inout FieldReader) -> [YAMLNode.Mark] {
    guard let node = fields.node("identity") else { return [] }
    guard case .list(let items) = node.content else { return [node.mark] }
    return items.map(\.mark)
  }

  /// `$http_x_api_key`, or `{field: consumer.username, secret: false}`.
  private func identity(_ fields: inout FieldReader) -> [IdentityField] {
    guard let node = fields.node("identity") else { return [] }
    var items = [node]
    if case .list(let nodes) = node.content { items = nodes }
    if items.count > Self.identityCountMax {
      sink.report("at most \(Self.identityCountMax) identity fields", at: node.mark)
    }
    return items.compactMap { item in
      guard case .mapping = item.content else {
        return fields.scalar(item, name: "each of 'identity'").map {
          IdentityField(withDefaultSecrecy: $0.text)
        }
      }
      guard var inner = FieldReader(item, as: "each of 'identity'", sink: sink) else { return nil }
      let name = inner.text("field", isRequired: true)
      var field = IdentityField(withDefaultSecrecy: name ?? "")
      field.isSecret = inner.flag("secret", default: field.isSecret)
      inner.finish()
      return name == nil ? nil : field
    }
  }
}
