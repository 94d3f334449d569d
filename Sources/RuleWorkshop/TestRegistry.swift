import AccessLog
import Detection
import RuleFiles

/// The registry that a test's traffic is judged with: every key that it names belongs to one
/// supplier, one application and the tier of the test.
enum TestRegistry {
  static let key = "key-1"
  static let supplier = "supplier"
  static let application = "application"
  static let api = "api"

  static func registry(for test: RuleTest) -> KeyRegistry {
    KeyRegistry(
      tiers: test.tier.map { [$0] } ?? [],
      suppliers: [KeyRegistry.Supplier(name: label(.supplier, of: test) ?? supplier)],
      keys: keys(of: test).map { name in
        KeyRegistry.Key(
          identities: [.name(name)], supplier: 0, tier: test.tier == nil ? nil : 0,
          application: label(.application, of: test) ?? application,
          environment: test.labels.first { $0.name == KeyRegistry.Label.environment }?.value,
          labels: test.labels)
      },
      apis: [KeyRegistry.API(name: api, routes: ["/**"])])
  }

  /// What the test says of who its keys belong to.
  private static func label(_ type: EntityType, of test: RuleTest) -> String? {
    test.labels.first { $0.name == type.rawValue }?.value
  }

  private static func keys(of test: RuleTest) -> [String] {
    guard case .lines(let lines) = test.input else { return [key] }
    return [key] + Set(lines.compactMap(\.key)).subtracting([key]).sorted()
  }
}
