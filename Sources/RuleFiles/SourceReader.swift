import AccessLog
import Baselines
import Detection

/// Reads one source of the configuration.
struct SourceReader {
  let sink: DiagnosticSink
  let folder: String
  let formats: [String]

  static let identityCountMax = 4

  private static let formatsNotYetSupported = [
    "apache", "apisix", "aws-alb", "caddy", "cloudfront", "envoy", "haproxy", "kong-file-log",
    "traefik", "w3c",
  ]
  private static let units = [
    "s", "ms", "us", "ns", "epoch_s", "epoch_ms", "epoch_us", "epoch_ns", "rfc3339", "clf",
  ]
  private static let recordFields = [
    "time", "client_ip", "host", "method", "target", "request", "path", "query", "protocol",
    "referrer", "user_agent", "request_id", "route", "api", "version", "status", "bytes_in",
    "bytes_out", "latency", "upstream_latency", "throttled",
  ]

  func source(name: String, _ fields: inout FieldReader) -> Configuration.Source {
    var source = Configuration.Source(name: name, paths: [])
    source.paths = fields.texts("paths", isRequired: true).map {
      ConfigurationPath.absolute($0.text, folder: folder)
    }
    source.format = format(&fields)
    let template = fields.placedText("log_format")
    source.description.template = template?.text
    source.description.fields = fieldMappings(&fields)
    source.description.identity = identity(&fields)
    readZone(&fields, into: &source)
    source.latenessMilliseconds =
      fields.duration("lateness", atLeast: 0) ?? source.latenessMilliseconds
    source.throttledStatus = throttledStatus(&fields) ?? source.throttledStatus
    checkFormat(source, template, at: fields.mark)
    return source
  }

  // MARK: - Format

  private func format(_ fields: inout FieldReader) -> String? {
    guard let text = fields.placedText("format") else { return nil }
    if formats.contains(text.text) { return text.text }
    if Self.formatsNotYetSupported.contains(text.text) {
      sink.report("the format '\(text.text)' is not yet supported", at: text.mark)
    } else {
      sink.report(
        "unknown format '\(text.text)'; there are \(formats.joined(separator: ", "))",
        at: text.mark, suggestion: NearestWord.nearest(to: text.text, among: formats))
    }
    return nil
  }

  /// Compiles the format once, so that a fault in it shows at its place.
  private func checkFormat(
    _ source: Configuration.Source, _ template: PlacedText?, at mark: YAMLNode.Mark
  ) {
    guard !sink.hasErrors, let name = source.format,
      let format = RecordFormats.format(named: name)
    else { return }
    do {
      _ = try format.reader(for: source.description)
    } catch {
      sink.report(
        error.message, at: template?.mark(at: error.offset) ?? mark, suggestion: error.suggestion)
    }
  }

  /// `{time: {field: started_at, unit: epoch_ms}, client_ip: client_ip}`.
  private func fieldMappings(_ fields: inout FieldReader) -> [FieldMapping] {
    fields.mapping("fields", default: []) { inner in
      var mappings: [FieldMapping] = []
      for field in Self.recordFields {
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
    let unit = inner.word("unit", oneOf: Self.units, default: "s")
    inner.finish()
    return paths.isEmpty
      ? nil : FieldMapping(field: field, paths: paths, unit: hasUnit ? unit : nil)
  }

  // MARK: - Identity

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

  // MARK: - Time and status

  private func readZone(_ fields: inout FieldReader, into source: inout Configuration.Source) {
    guard let name = ZoneReader.zoneName("timezone", &fields),
      let zone = ZoneDatabase.zone(named: name)
    else { return }
    source.zone = zone
    // Readers know a fixed offset only: winter time of 2026 in the north.
    source.description.zoneOffsetMinutes = Int(zone.offset(at: 1_767_225_600)) / 60
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
