/// What a rule says otherwise of those that have labels in the registry.
public struct RuleOverride: Sendable {
  /// All of which an entity must have.
  public var labels: [KeyRegistry.Label]
  /// The whole rule, as it is for them.
  public var rule: Rule

  public init(labels: [KeyRegistry.Label], rule: Rule) {
    self.labels = labels
    self.rule = rule
  }
}

/// Whom a variant of a rule judges: of the overrides that fit an entity the first one holds.
struct RuleAudience: Sendable {
  var labels: [KeyRegistry.Label]
  /// Whoever has all of one of these is judged by another variant.
  var besides: [[KeyRegistry.Label]]
}

extension Rule {
  /// The rule as it is for those of whom no override speaks, and behind it one for each override;
  /// the engine judges them as rules of their own, which share what they count alike.
  var variants: [Rule] {
    guard !overrides.isEmpty else { return [self] }
    let labels = overrides.map(\.labels)
    var base = self
    base.overrides = []
    base.audience = RuleAudience(labels: [], besides: labels)
    return [base]
      + overrides.enumerated().map { number, override in
        var rule = override.rule
        rule.id = id
        rule.contentHash = contentHash
        rule.policy.inhibits = policy.inhibits
        rule.variant = number + 1
        rule.audience = RuleAudience(labels: override.labels, besides: Array(labels[..<number]))
        return rule
      }
  }

  /// Names a variant in a snapshot and in what its alerts are called: by whom it judges, so that it
  /// stays what it is wherever it stands among the overrides.
  var variantName: String {
    guard variant > 0, let audience else { return id }
    return "\(id)#" + audience.labels.map { "\($0.name)=\($0.value)" }.joined(separator: ",")
  }
}

extension EngineContext {
  /// Whether a rule judges `entity`, or leaves it to another variant of itself.
  func judges(_ rule: Int, _ entity: Entity, at time: Int64) -> Bool {
    guard let audience = rules[rule].audience else { return true }
    func has(_ labels: [KeyRegistry.Label]) -> Bool {
      labels.allSatisfy { label($0.name, of: entity, at: time) == $0.value }
    }
    return has(audience.labels) && !audience.besides.contains(where: has)
  }

  /// What the registry says of an entity under `name`.
  private func label(_ name: String, of entity: Entity, at time: Int64) -> String? {
    if let type = KeyRegistry.Label.types.first(where: { $0.rawValue == name }) {
      return owner(type, of: entity, at: time).map { self.name(of: $0, at: time) }
    }
    let caller = caller(in: entity)
    guard caller.type == .key else { return nil }
    let row = keys.row(of: caller.index, at: time)
    guard row >= 0 else { return nil }
    let key = registry.keys[Int(row)]
    return name == KeyRegistry.Label.environment
      ? key.environment : key.labels.first { $0.name == name }?.value
  }
}

extension KeyRegistry.Label {
  /// What is asked for like a label, although the registry knows what it is.
  public static let types: [EntityType] = [.supplier, .application, .tier]
  public static let environment = "environment"

  /// Whether what a rule judges may have it.
  public func isOf(_ per: Per) -> Bool {
    let owners: [EntityType] =
      switch name {
      case EntityType.supplier.rawValue: [.key, .application, .supplier]
      case EntityType.application.rawValue: [.key, .application]
      case EntityType.tier.rawValue: [.key, .tier]
      default: [.key]
      }
    return per.types.contains(where: owners.contains)
  }
}
