import Detection
import Testing

@testable import RuleFiles

/// Rules that no key of a registry can make alert.
@Suite struct NeverAlertingTests {
  private func warnings(_ rule: String, _ registry: String) throws -> [String] {
    let rules = try RuleLoader.load([
      SourceFile(name: "r.yaml", text: "rules:\n  - {id: a, title: t, \(rule)}\n")
    ])
    let loaded = try RegistryLoader.load(
      [SourceFile(name: "registry.yaml", text: registry)], fingerprint: { $0 })
    return rules.neverAlerting(under: loaded.registry).map(\.headline)
  }

  private static let bare = "suppliers: {acme: {}}\nkeys: [{key: k1}]\n"
  private static let full = """
    tiers: {bronze: {rate_per_second: 5}}
    suppliers: {acme: {}}
    keys: [{key: k1, supplier: acme, tier: bronze, application: shop}]
    apis: {orders: {routes: ["/v*/orders"]}}
    """

  @Test(arguments: [
    ("kind: tier", "no key of the registry has a tier"),
    ("kind: threshold, above: 5, per: tier", "no key of the registry has a tier"),
    ("kind: threshold, above: 5, per: supplier", "no key of the registry belongs to a supplier"),
    ("kind: spike, per: application", "no key of the registry belongs to an application"),
    ("kind: ratio, above: 0.5, part: throttled, per: api", "no API of the registry has routes"),
  ])
  func `who is in no registry cannot be judged`(rule: String, reason: String) throws {
    #expect(
      try warnings(rule, Self.bare) == ["r.yaml:2:10: warning: 'a' can never alert: \(reason)"])
    #expect(try warnings(rule, Self.full).isEmpty)
  }

  @Test(arguments: [("plan: trial", 0), ("supplier: acme, plan: trial", 0), ("plan: paid", 1)])
  func `an override for nobody is told`(label: String, count: Int) throws {
    let text = "kind: threshold, above: 5, overrides: [{label: {\(label)}, above: 9}]"
    let rules = try RuleLoader.load([
      SourceFile(name: "r.yaml", text: "rules:\n  - {id: a, title: t, \(text)}\n")
    ])
    let registry = try RegistryLoader.load(
      [
        SourceFile(
          name: "registry.yaml",
          text: "suppliers: {acme: {}}\nkeys: [{key: k1, supplier: acme, labels: {plan: trial}}]\n")
      ],
      fingerprint: { $0 }
    ).registry
    #expect(rules.emptyOverrides(under: registry).count == count)
    #expect(rules.neverAlerting(under: registry).isEmpty)
  }

  @Test func `a tier that no key has is none`() throws {
    let registry = "tiers: {bronze: {rate_per_second: 5}}\nkeys: [{key: k1}]\n"
    #expect(try warnings("kind: tier", registry).count == 1)
  }

  @Test func `keys, routes and all traffic need no registry`() throws {
    for type in ["key", "route", "client_ip", "network", "version", "global"] {
      #expect(try warnings("kind: threshold, above: 5, per: \(type)", Self.bare).isEmpty)
    }
  }
}
