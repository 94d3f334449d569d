import Detection

/// Reads the `overrides` of a rule: each is the rule once more, with some values in place of its
/// own.
struct OverrideReader {
  /// The rule's own entries.
  let entries: [YAMLNode.Entry]
  let per: Per
  let sink: DiagnosticSink

  /// Each of them is one more rule to judge by.
  static let overrideCountMax = 100

  /// What makes a rule the one that it is, and what people read.
  private static let fixedKeys = [
    "id", "title", "kind", "per", "match", "where", "measure", "part", "target", "precursors",
    "same", "group", "inhibit", "why", "runbook", "tests", "overrides",
  ]

  func overrides(_ node: YAMLNode?) -> [RuleOverride] {
    guard let node else { return [] }
    guard case .list(let items) = node.content, !items.isEmpty else {
      sink.report("'overrides' must be a list with at least one mapping", at: node.mark)
      return []
    }
    guard items.count <= Self.overrideCountMax else {
      sink.report("more than \(Self.overrideCountMax) overrides", at: node.mark)
      return []
    }
    let overrides = items.compactMap { item in override(item).map { (item, $0) } }
    for (index, (item, override)) in overrides.enumerated()
    where overrides[..<index].contains(where: { $0.1.labels == override.labels }) {
      sink.report("an override before it is for the same labels", at: item.mark)
    }
    return overrides.map(\.1)
  }

  private func override(_ node: YAMLNode) -> RuleOverride? {
    guard var fields = FieldReader(node, as: "each of 'overrides'", sink: sink) else { return nil }
    let labels = LabelReader.labels("label", isRequired: true, &fields)
    for label in labels where !label.isOf(per) {
      fields.fault(
        "'\(label.name)' is nothing that a \(per.text) has", at: "label", suggestion: nil)
    }
    let changed = fields.allEntries().filter { $0.key != "label" }
    for entry in changed where Self.fixedKeys.contains(entry.key) {
      sink.report("'\(entry.key)' is the same for all that a rule judges", at: entry.mark)
    }
    guard !labels.isEmpty, !changed.contains(where: { Self.fixedKeys.contains($0.key) }) else {
      return nil
    }
    if changed.isEmpty { sink.report("an override changes nothing", at: node.mark) }
    return rule(with: changed, at: node.mark).map { RuleOverride(labels: labels, rule: $0) }
  }

  /// The rule with other values. What was wrong with it before is told of the rule itself.
  private func rule(with changed: [YAMLNode.Entry], at mark: YAMLNode.Mark) -> Rule? {
    let names = changed.map(\.key) + ["overrides", "tests", "inhibit"]
    let kept = entries.filter { !names.contains($0.key) }
    let whole = YAMLNode(content: .mapping(kept + changed), mark: mark)
    let known = Set(sink.diagnostics)
    let own = sink.empty()
    guard var reader = RuleReader(whole, sink: own), let rule = reader.rule() else { return nil }
    for fault in own.diagnostics where !known.contains(fault) { sink.report(fault) }
    return rule
  }
}

/// Reads labels as a mapping: `{plan: trial, supplier: northwind}`.
enum LabelReader {
  static func labels(
    _ key: String, isRequired: Bool = false, _ fields: inout FieldReader
  ) -> [KeyRegistry.Label] {
    guard let node = isRequired ? fields.requiredNode(key) : fields.node(key),
      let inner = FieldReader(node, as: "'\(key)'", sink: fields.sink)
    else { return [] }
    var reader = inner
    let labels = reader.allEntries().compactMap { entry in
      reader.scalar(entry.value, name: "'\(entry.key)'")
        .map { KeyRegistry.Label(name: entry.key, value: $0.text) }
    }
    if labels.isEmpty { fields.fault("it names no label", at: key, suggestion: nil) }
    return labels.sorted { $0.name < $1.name }
  }
}
