import AccessLog
import Detection

/// Reads a registry from YAML or JSON: `tiers`, `suppliers`, `keys`, `apis`.
enum RegistryTree {
  static func read(_ file: SourceFile, into builder: inout RegistryBuilder) {
    let (text, sink) = YAMLDocument.text(
      of: file, byteCountMax: RegistryLoader.treeByteCountMax, hidesSource: true)
    defer { builder.report(sink.finish()) }
    guard let text, let root = YAMLDocument.parse(file, text: text, into: sink),
      var fields = FieldReader(root, as: "a registry", sink: sink)
    else { return }
    let reader = TreeReader(sink: sink, fileNumber: builder.number(of: file.name))
    reader.readKeyID(&fields, into: &builder)
    reader.readTiers(&fields, into: &builder)
    reader.readSuppliers(&fields, into: &builder)
    reader.readKeys(&fields, into: &builder)
    reader.readAPIs(&fields, into: &builder)
    fields.finish()
  }
}

private struct TreeReader {
  let sink: DiagnosticSink
  let fileNumber: UInt32

  /// The id of the secret that the fingerprints of the file were made with, as a draft has it.
  func readKeyID(_ fields: inout FieldReader, into builder: inout RegistryBuilder) {
    guard let id = fields.placedText("fingerprint_key_id") else { return }
    // What is no id may be the key itself, and is not shown.
    guard (1...16).contains(id.text.count), id.text.allSatisfy(\.isHexDigit) else {
      return sink.report(
        "'fingerprint_key_id' is not an id such as 3f9a0c1d, which a replay ends with",
        at: id.mark)
    }
    builder.note(keyID: id.text.lowercased(), at: place(id.mark))
  }

  func readTiers(_ fields: inout FieldReader, into builder: inout RegistryBuilder) {
    for (entry, reader, isMapping) in named("tiers", &fields) {
      var reader = reader
      let tier = TierReader.tier(name: entry.key, &reader)
      reader.finish()
      if isMapping, tier.limits.isEmpty {
        sink.report("the tier has no limit such as 'rate_per_second'", at: entry.mark)
      }
      builder.add(tier, at: place(entry.mark))
    }
  }

  func readSuppliers(_ fields: inout FieldReader, into builder: inout RegistryBuilder) {
    for (entry, reader, _) in named("suppliers", &fields) {
      var reader = reader
      let zone = ZoneReader.zoneName("timezone", &reader)
      let supplier = KeyRegistry.Supplier(
        name: entry.key, expectedHours: reader.text("expected_hours"),
        contact: reader.text("contact"), peers: reader.text("peers"))
      reader.finish()
      builder.add(supplier, zone: zone, at: place(entry.mark))
    }
  }

  func readKeys(_ fields: inout FieldReader, into builder: inout RegistryBuilder) {
    guard let node = fields.node("keys"), !node.isNull else { return }
    guard case .list(let rows) = node.content else {
      return sink.report("'keys' must be a list, not \(node.kind)", at: node.mark)
    }
    for row in rows {
      guard var reader = FieldReader(row, as: "a key", sink: sink) else { continue }
      readKey(&reader, into: &builder)
      reader.finish()
    }
  }

  private func readKey(_ fields: inout FieldReader, into builder: inout RegistryBuilder) {
    let rawKey = fields.text("key", isRequired: true)
    let supplier = fields.placedText("supplier")
    let tier = fields.placedText("tier")
    var key = KeyRegistry.Key(identities: [])
    key.name = fields.text("name")
    key.application = fields.text("application")
    key.environment = fields.text("environment")
    key.replaces = fields.text("replaces")
    key.expires = time("expires", &fields)
    key.validFrom = time("valid_from", &fields)
    key.validTo = time("valid_to", &fields)
    key.scopes = fields.texts("scopes").map(\.text)
    key.addresses = fields.texts("addresses").map(\.text)
    key.methods = fields.texts("methods").map { $0.text.uppercased() }
    key.labels = labels(&fields)
    RegistryChecks.check(key, at: fields.mark, sink)
    guard let rawKey else {
      return builder.note(supplier: supplier.map(use), tier: tier.map(use))
    }
    builder.add(
      key, rawKey: rawKey, supplier: supplier.map(use), tier: tier.map(use),
      at: place(fields.mark))
  }

  private func use(_ text: PlacedText) -> RegistryBuilder.Use {
    RegistryBuilder.Use(name: text.text, place: place(text.mark))
  }

  private static func hasOpenBrace(_ route: String) -> Bool {
    var isOpen = false
    for byte in route.utf8 {
      switch byte {
      case UInt8(ascii: "{"):
        if isOpen { return true }
        isOpen = true
      case UInt8(ascii: "}"):
        if !isOpen { return true }
        isOpen = false
      case UInt8(ascii: "/"): if isOpen { return true }
      default: break
      }
    }
    return isOpen
  }

  private func labels(_ fields: inout FieldReader) -> [KeyRegistry.Label] {
    fields.mapping("labels", default: []) { inner in
      // A name that was mistyped may be a key, so no fault repeats it.
      let entries = inner.allEntries().sorted { $0.key < $1.key }
      return entries.compactMap { entry in
        inner.scalar(entry.value, name: "a label").map {
          KeyRegistry.Label(name: entry.key, value: $0.text)
        }
      }
    }
  }

  func readAPIs(_ fields: inout FieldReader, into builder: inout RegistryBuilder) {
    for (entry, reader, isMapping) in named("apis", &fields) where isMapping {
      var reader = reader
      let routes = reader.texts("routes", isRequired: true)
      for route in routes {
        if !route.text.hasPrefix("/") {
          sink.report("a route must begin with '/'", at: route.mark)
        } else if Self.hasOpenBrace(route.text) {
          sink.report(
            "a brace of this route is not closed: '{id}' stands for one segment", at: route.mark)
        }
      }
      let versions = named("versions", &reader).map { version($0.entry, $0.reader) }
      let end = retirement(&reader)
      reader.finish()
      builder.add(
        KeyRegistry.API(
          name: entry.key, routes: routes.map(\.text), versions: versions,
          deprecated: end.deprecated, sunset: end.sunset),
        at: place(entry.mark))
    }
  }

  private func version(
    _ entry: YAMLNode.Entry, _ reader: FieldReader
  ) -> KeyRegistry.API.Version {
    var reader = reader
    let end = retirement(&reader)
    let version = KeyRegistry.API.Version(
      name: entry.key, deprecated: end.deprecated, sunset: end.sunset)
    reader.finish()
    return version
  }

  /// From when on something should not be called any more, and when it will be gone.
  private func retirement(
    _ fields: inout FieldReader
  ) -> (deprecated: EventTime?, sunset: EventTime?) {
    let deprecated = time("deprecated", &fields)
    let mark = fields.node("sunset")?.mark
    let sunset = time("sunset", &fields)
    if let deprecated, let sunset, let mark, sunset < deprecated {
      sink.report("'sunset' lies before 'deprecated'", at: mark)
    }
    return (deprecated, sunset)
  }

  /// The mappings below `key`, each under its name.
  private func named(
    _ key: String, _ fields: inout FieldReader
  ) -> [(entry: YAMLNode.Entry, reader: FieldReader, isMapping: Bool)] {
    guard let node = fields.node(key), !node.isNull else { return [] }
    guard case .mapping(let entries) = node.content else {
      sink.report("'\(key)' must be a mapping of names, not \(node.kind)", at: node.mark)
      return []
    }
    return entries.map { entry in
      let empty = FieldReader(entries: [], mark: entry.mark, sink: sink)
      // A name alone is a thing with no settings.
      if entry.value.isNull { return (entry, empty, true) }
      let reader = FieldReader(entry.value, as: "each of '\(key)'", sink: sink)
      // What is wrong was told; the name is declared all the same, for whatever names it.
      return (entry, reader ?? empty, reader != nil)
    }
  }

  private func time(_ key: String, _ fields: inout FieldReader) -> EventTime? {
    guard let text = fields.placedText(key) else { return nil }
    if let time = Timestamp.time(text.text) { return time }
    sink.report(
      "'\(key)' is not a time such as 2027-01-01 or 2027-01-01T00:00:00Z", at: text.mark)
    return nil
  }

  private func place(_ mark: YAMLNode.Mark) -> RegistryBuilder.Place {
    RegistryBuilder.Place(
      file: fileNumber, line: Int32(clamping: mark.line), column: Int32(clamping: mark.column))
  }
}

/// Reads names of time zones.
enum ZoneReader {
  /// `nil` where the key is absent; a zone that does not exist is a fault.
  static func zoneName(_ key: String, _ fields: inout FieldReader) -> String? {
    guard let text = fields.placedText(key) else { return nil }
    if ZoneDatabase.exists(text.text) { return text.text }
    let shown = fields.sink.hidesText ? key : text.text
    fields.sink.report(
      "'\(shown)' is not a time zone such as Europe/Oslo", at: text.mark,
      suggestion: ZoneDatabase.nearest(to: text.text))
    return nil
  }
}
