internal import AccessLog

/// The canonical JSON of an alert: one object, every key in a fixed order, `null` for what is
/// absent, no space and no line end. Equal alerts are equal bytes, live and in a replay.
///
/// The keys are the columns of the table `alerts`, then `evidence`. Where a line lies on disk
/// is left out: it may differ between two runs that saw the same lines.
enum AlertJSON {
  static func write(_ alert: Alert, into bytes: inout [UInt8]) {
    var object = ObjectWriter(bytes: bytes.take())
    writeIdentity(of: alert, into: &object)
    writeVerdict(of: alert, into: &object)
    object.list("evidence", alert.evidence) { line, inner in
      inner.field("source", line.source)
      inner.field("line", line.line)
      inner.field("line_hash", line.lineHash)
      if line.isUnverified { inner.field("unverified", true) }
    }
    bytes = object.finish()
  }

  private static func writeIdentity(of alert: Alert, into object: inout ObjectWriter) {
    object.field("id", alert.id)
    object.field("revision", Int64(alert.revision))
    object.field("rule_id", alert.ruleID)
    object.field("kind", alert.kind)
    object.field("severity", alert.severity.rawValue)
    object.field("entity_type", alert.entityType.rawValue)
    object.field("entity", alert.entity)
    object.field("supplier", alert.supplier)
    object.field("tier", alert.tier)
    object.field("state", alert.state.rawValue)
    object.field("started_at", alert.startedAt)
    object.field("detected_at", alert.detectedAt)
    object.field("ended_at", alert.endedAt)
  }

  private static func writeVerdict(of alert: Alert, into object: inout ObjectWriter) {
    object.field("observed", alert.observed)
    object.field("expected_low", alert.expectedLow)
    object.field("expected_mid", alert.expectedMid)
    object.field("expected_high", alert.expectedHigh)
    object.field("unit", alert.unit)
    object.field("score", alert.score)
    object.field("reason", alert.reason)
    object.field("rule_hash", alert.ruleHash)
    object.field("sample_size", Int64(alert.sampleSize))
    object.field("learning", alert.isLearning)
    object.field("application", alert.application)
    object.field("revised_at", alert.revisedAt)
  }
}

extension Alert {
  /// Appends the canonical JSON of this revision: one line without its end.
  public func writeJSON(into bytes: inout [UInt8]) {
    AlertJSON.write(self, into: &bytes)
  }
}

/// Writes the fields of one object in the order of the calls.
private struct ObjectWriter {
  private var bytes: [UInt8]
  private var isFirst = true

  init(bytes: [UInt8]) {
    self.bytes = bytes
    self.bytes.append(UInt8(ascii: "{"))
  }

  mutating func field(_ key: String, _ value: String?) {
    name(key)
    if let value { JSONText.append(value, to: &bytes) } else { null() }
  }

  mutating func field(_ key: String, _ value: Int64) {
    name(key)
    JSONText.append(value, to: &bytes)
  }

  mutating func field(_ key: String, _ value: Double?) {
    name(key)
    if let value { JSONText.append(value, to: &bytes) } else { null() }
  }

  mutating func field(_ key: String, _ value: Bool) {
    name(key)
    JSONText.append(plain: value ? "true" : "false", to: &bytes)
  }

  mutating func field(_ key: String, _ value: EventTime?) {
    name(key)
    guard let value else { return null() }
    bytes.append(UInt8(ascii: "\""))
    RFC3339.append(value, to: &bytes)
    bytes.append(UInt8(ascii: "\""))
  }

  mutating func list<Item>(
    _ key: String, _ items: [Item], _ body: (Item, inout ObjectWriter) -> Void
  ) {
    name(key)
    bytes.append(UInt8(ascii: "["))
    for index in items.indices {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      var inner = ObjectWriter(bytes: bytes.take())
      body(items[index], &inner)
      bytes = inner.finish()
    }
    bytes.append(UInt8(ascii: "]"))
  }

  consuming func finish() -> [UInt8] {
    bytes.append(UInt8(ascii: "}"))
    return bytes
  }

  private mutating func name(_ key: String) {
    if !isFirst { bytes.append(UInt8(ascii: ",")) }
    isFirst = false
    bytes.append(UInt8(ascii: "\""))
    JSONText.append(plain: key, to: &bytes)
    bytes.append(UInt8(ascii: "\""))
    bytes.append(UInt8(ascii: ":"))
  }

  private mutating func null() { JSONText.append(plain: "null", to: &bytes) }
}

extension [UInt8] {
  /// Moves the bytes out, so that the writer appends to them without a copy.
  fileprivate mutating func take() -> [UInt8] {
    var taken: [UInt8] = []
    swap(&taken, &self)
    return taken
  }
}
