import AccessLog
import Baselines
import Detection
import Testing

@testable import RuleFiles

@Suite struct RegistryLoaderTests {
  private static func load(_ files: [(String, String)]) throws(Diagnostics) -> KeyRegistry {
    let sources = files.map { SourceFile(name: $0.0, text: $0.1) }
    return try RegistryLoader.load(sources) { "key:f-\($0)" }.registry
  }

  private static let yaml = """
    tiers:
      bronze: {rate_per_second: 5, rate_per_day: 10000, burst: 10, limiter: fixed}
      silver: {rate_per_minute: 600}
    suppliers:
      northwind: {timezone: Europe/Oslo, expected_hours: "Mon-Fri 07:00-19:00",
                  contact: ops@northwind.example, peers: retail}
      contoso:
    keys:
      - {key: northwind-1, supplier: northwind, tier: bronze, application: web-shop,
         environment: production, expires: 2027-01-01T00:00:00Z, valid_from: 2026-01-01,
         scopes: [orders.write], addresses: [192.0.2.0/24], methods: [GET, POST], name: Shop,
         replaces: northwind-0, labels: {team: b, area: a}}
      - {key: "key:3F9A00112233445566", supplier: fabrikam}
    apis:
      orders: {routes: ["/v*/orders", "/v*/orders/{id}"],
               versions: {v1: {deprecated: 2026-03-01, sunset: 2026-09-01}}}
    """

  @Test func `a whole registry`() throws {
    let registry = try Self.load([("r.yaml", Self.yaml)])
    #expect(
      registry.tiers.first
        == KeyRegistry.Tier(
          name: "bronze",
          limits: [
            KeyRegistry.RateLimit(count: 5, periodSeconds: 1),
            KeyRegistry.RateLimit(count: 10_000, periodSeconds: 86_400),
          ], burst: 10, limiter: .fixed))
    #expect(registry.suppliers.map(\.name) == ["northwind", "contoso", "fabrikam"])
    #expect(registry.zones.map(\.name) == ["UTC", "Europe/Oslo"])
    #expect(registry.suppliers.map(\.zone) == [1, 0, 0])
    #expect(registry.suppliers[0].peers == "retail")
    let key = registry.keys[0]
    #expect(key.identities == [.name("northwind-1"), .fingerprint("key:f-northwind-1")])
    #expect(key.name == "Shop")
    #expect((key.supplier, key.tier) == (0, 0))
    #expect(key.validFrom == EventTime(seconds: 1_767_225_600))
    #expect(key.expires == EventTime(seconds: 1_798_761_600))
    #expect(key.addresses == ["192.0.2.0/24"])
    #expect(key.methods == ["GET", "POST"])
    #expect(
      key.labels == [
        KeyRegistry.Label(name: "area", value: "a"), KeyRegistry.Label(name: "team", value: "b"),
      ])
    #expect(registry.keys[1].identities == [.fingerprint("key:3f9a00112233445566")])
    #expect(registry.keys[1].supplier == 2)
    #expect(registry.keys[1].tier == nil)
    #expect(registry.apis[0].routes == ["/v*/orders", "/v*/orders/{id}"])
    #expect(registry.apis[0].versions[0].sunset == EventTime(seconds: 1_788_220_800))
  }

  @Test func `CSV and YAML together are one registry`() throws {
    let csv = #"""
      \#u{feff}key,supplier,tier,environment,expires,Team,methods\#r
      a,northwind,silver,test,2026-12-31,"x, ""y"" ",GET POST\#r
      \#r
      "b",contoso,,,,,
      """#
    let registry = try Self.load([("k.csv", csv), ("r.yaml", Self.yaml)])
    #expect(registry.keys.count == 4)
    let key = registry.keys[0]
    #expect(key.identities == [.name("a"), .fingerprint("key:f-a")])
    #expect(key.supplier.map { registry.suppliers[$0].name } == "northwind")
    #expect(key.tier.map { registry.tiers[$0].name } == "silver")
    #expect(key.environment == "test")
    #expect(key.labels == [KeyRegistry.Label(name: "Team", value: "x, \"y\"")])
    #expect(key.methods == ["GET", "POST"])
    #expect(registry.keys[1].tier == nil)
    #expect(registry.keys[1].labels.isEmpty)
    let reversed = try Self.load([("r.yaml", Self.yaml), ("k.csv", csv)])
    #expect(reversed.contentHash == registry.contentHash)
    #expect(registry.contentHash.utf8.count == 16)
  }

  @Test func `JSON is read as YAML is`() throws {
    let json = #"""
      {
      \#t"tiers": {"gold": {"rate_per_second": 50.5, "limiter": "sliding"}},
      \#t"keys": [{"key": "a\u0062", "tier": "gold", "supplier": "\"x\/"}]
      }
      """#
    let registry = try Self.load([("r.json", json)])
    #expect(registry.keys[0].identities[0] == .name("ab"))
    #expect(registry.suppliers.map(\.name) == ["\"x/"])
    #expect(registry.tiers[0].limits[0].count == 50.5)
  }

  @Test(arguments: [
    ("valid_to: 2026-02-01", "valid_from: 2026-02-01", true),
    ("valid_to: 2026-02-02", "valid_from: 2026-02-01", false),
    ("valid_from: 2026-02-01", "valid_to: 2026-02-01", true), ("name: a", "name: b", false),
    ("valid_from: 2026-02-01", "valid_from: 2026-03-01", false),
  ])
  func `one key has one row at a time`(first: String, second: String, isLegal: Bool) {
    let text = "keys:\n  - {key: a, \(first)}\n  - {key: b}\n  - {key: a, \(second)}\n"
    let isLoaded = (try? Self.load([("r.yaml", text)])) != nil
    #expect(isLoaded == isLegal)
  }

  @Test func `a key and its fingerprint are one key`() {
    let text = "keys: [{key: a}, {key: 'key:0123456789'}]"
    let files = [SourceFile(name: "r.yaml", text: text)]
    #expect(throws: Diagnostics.self) {
      try RegistryLoader.load(files) { _ in "key:0123456789" }
    }
  }

  @Test func `a column that is nearly a known one is a warning`() throws {
    let files = [SourceFile(name: "k.csv", text: "key,suplier\na,b\n")]
    let loaded = try RegistryLoader.load(files) { $0 }
    #expect(
      loaded.warnings.map(\.headline) == [
        "k.csv:1:5: warning: this column is read as a label; did you mean 'supplier'?"
      ])
  }

  @Test func `no fault shows a key`() {
    let secret = "s3cr3t-value"
    let texts = [
      "keys: [\(secret)]", "keys: {\(secret): {tier: a}}", "keys:\n  - key: \(secret)\n   x: y",
      "keys: [{key: \(secret)}, {key: \(secret)}]", "keys: [{key: &\(secret) a}]",
      "keys: [{key: '\(secret)]", "\(secret)", "keys: [{key: {\(secret): 1}}]",
    ]
    for text in texts {
      for name in ["r.yaml", "r.csv"] {
        let files = [SourceFile(name: name, text: text)]
        let error = #expect(throws: Diagnostics.self) {
          try RegistryLoader.load(files) { _ in "key:0123456789" }
        }
        #expect(error.map { !"\($0)".contains(secret) } == true, "\(text)")
      }
    }
  }

  @Test(.timeLimit(.minutes(2)))
  func `a large table is read row by row`() throws {
    var text = "key,supplier,tier,environment,expires,team\n"
    for row in 0..<50_000 {
      text += "key-\(row),supplier-\(row % 200),gold,production,2027-01-01T00:00:00Z,t\(row % 7)\n"
    }
    let tiers = SourceFile(name: "t.yaml", text: "tiers: {gold: {rate_per_second: 5}}")
    let files = [SourceFile(name: "k.csv", text: text), tiers]
    let registry = try RegistryLoader.load(files) { "key:\($0)" }.registry
    #expect(registry.keys.count == 50_000)
    #expect(registry.suppliers.count == 200)
    #expect(registry.keys.allSatisfy { $0.tier == 0 })
  }

  @Test func `a label's fault does not repeat its name, which may be a key`() {
    do throws(Diagnostics) {
      _ = try Self.load([
        ("r.yaml", "keys:\n  - {key: a, labels: {sk_live_4eC39HqLyjWD: [1]}}\n")
      ])
      Issue.record("it loads")
    } catch {
      #expect(!error.description.contains("sk_live"), "\(error)")
    }
  }

  @Test func `no crowd of warnings hides an error`() {
    let warned = (0..<120).map { ("w\($0).csv", "key,environments\nk\($0),x\n") }
    #expect(throws: Diagnostics.self) {
      _ = try Self.load(warned + [("z.yaml", "keys:\n  - {key: a, tier: gold}\n")])
    }
  }

  @Test func `a table that is no UTF-8 is refused, because repaired names could be one`() {
    let bytes = Array("key,supplier\na,Bj".utf8) + [0xf8] + Array("rn\n".utf8)
    do throws(Diagnostics) {
      _ = try RegistryLoader.load([SourceFile(name: "k.csv", bytes: bytes)]) { $0 }
      Issue.record("it loads")
    } catch {
      #expect(error.description.contains("k.csv:2"), "\(error)")
    }
  }

  @Test(arguments: ["/v1/orders/{id", "/v1/orders/id}", "/v1/{a/b}", "/v1/{{id}}"])
  func `a route with an open brace is told, because it would match nothing`(route: String) {
    do throws(Diagnostics) {
      _ = try Self.load([("r.yaml", "apis:\n  orders: {routes: [\"\(route)\"]}\n")])
      Issue.record("it loads")
    } catch {
      #expect(error.description.contains("r.yaml:2"), "\(error)")
    }
  }
}
