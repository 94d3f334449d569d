public import Detection

extension LoadedRules {
  /// A warning for each rule that can never alert under `registry`, because no key has what it
  /// judges.
  public func neverAlerting(under registry: KeyRegistry) -> [Diagnostic] {
    ruleSet.rules.compactMap { rule in
      Self.reason(rule, registry).map { reason in
        warning(rule, "'\(rule.id)' can never alert: \(reason)")
      }
    }
  }

  /// A warning for each override that holds for no key of `registry`.
  public func emptyOverrides(under registry: KeyRegistry) -> [Diagnostic] {
    ruleSet.rules.flatMap { rule in
      let empty = rule.overrides.filter { override in
        override.labels.contains { !registry.has($0) }
      }
      return empty.map { override in
        let words = override.labels.map { "\($0.name): \($0.value)" }.joined(separator: ", ")
        return warning(rule, "'\(rule.id)' overrides for nobody: no key has {\(words)}")
      }
    }
  }

  private func warning(_ rule: Rule, _ message: String) -> Diagnostic {
    let place = places[rule.id]
    return Diagnostic(
      .warning, file: place?.file ?? "", line: place?.mark.line ?? 0,
      column: place?.mark.column ?? 0, message: message)
  }

  private static func reason(_ rule: Rule, _ registry: KeyRegistry) -> String? {
    if case .tier = rule.detector.plan { return tierReason(registry) }
    return rule.per.types.lazy.compactMap { absence(of: $0, registry) }.first
  }

  private static func tierReason(_ registry: KeyRegistry) -> String? {
    let held = Set(registry.keys.compactMap(\.tier))
    guard !held.isEmpty else { return "no key of the registry has a tier" }
    let limited = held.contains { !registry.tiers[$0].limits.isEmpty }
    return limited ? nil : "no tier that a key has sets a limit"
  }

  private static func absence(of type: EntityType, _ registry: KeyRegistry) -> String? {
    switch type {
    case .supplier where !registry.keys.contains { $0.supplier != nil }:
      "no key of the registry belongs to a supplier"
    case .application where !registry.keys.contains { $0.application != nil }:
      "no key of the registry belongs to an application"
    case .tier where !registry.keys.contains { $0.tier != nil }:
      "no key of the registry has a tier"
    case .api where registry.apis.allSatisfy { $0.routes.isEmpty }:
      "no API of the registry has routes"
    default: nil
    }
  }
}

extension KeyRegistry {
  fileprivate func has(_ label: Label) -> Bool {
    switch label.name {
    case EntityType.supplier.rawValue: suppliers.contains { $0.name == label.value }
    case EntityType.tier.rawValue: tiers.contains { $0.name == label.value }
    case EntityType.application.rawValue: keys.contains { $0.application == label.value }
    case Label.environment: keys.contains { $0.environment == label.value }
    default: keys.contains { $0.labels.contains(label) }
    }
  }
}
