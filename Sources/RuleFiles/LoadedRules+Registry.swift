public import Detection

extension LoadedRules {
  /// A warning for each rule that can never alert under `registry`, because no key has what it
  /// judges.
  public func neverAlerting(under registry: KeyRegistry) -> [Diagnostic] {
    ruleSet.rules.compactMap { rule in
      Self.reason(rule, registry).map { reason in
        let place = places[rule.id]
        return Diagnostic(
          .warning, file: place?.file ?? "", line: place?.mark.line ?? 0,
          column: place?.mark.column ?? 0, message: "'\(rule.id)' can never alert: \(reason)")
      }
    }
  }

  private static func reason(_ rule: Rule, _ registry: KeyRegistry) -> String? {
    if case .tier = rule.detector.plan { return tierReason(registry) }
    return absence(of: rule.per, registry)
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
