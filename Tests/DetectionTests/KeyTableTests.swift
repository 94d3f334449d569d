import Testing

@testable import AccessLog
@testable import Detection

@Suite struct KeyTableTests {
  private func table(_ registry: KeyRegistry, max: Int = 100) -> KeyTable {
    KeyTable(registry: registry, hash: TestBench.hash, keyCountMax: max) {
      "key:\($0.map { String($0, radix: 16) }.joined())"
    }
  }

  private func index(
    _ table: inout KeyTable, _ text: String, _ kind: RecordBatch.IdentityKind = .name
  ) -> UInt32 {
    let bytes = Array(text.utf8)
    return table.index(for: bytes.span, kind: kind)
  }

  private static let rows = KeyRegistry(
    tiers: [.init(name: "bronze", limits: []), .init(name: "gold", limits: [])],
    suppliers: [.init(name: "north"), .init(name: "south")],
    keys: [
      // Not in the order of their time, with a pause in between.
      .init(
        identities: [.name("k1")], name: "third", supplier: 1, tier: 1,
        validFrom: EventTime(seconds: 3000)),
      .init(
        identities: [.name("k1"), .fingerprint("key:6b31")], name: "first", supplier: 0, tier: 0,
        application: "shop", validTo: EventTime(seconds: 1000)),
      .init(
        identities: [.name("k1")], name: "second", supplier: 0, tier: 1, application: "shop",
        validFrom: EventTime(seconds: 1000), validTo: EventTime(seconds: 2000)),
      .init(identities: [.name("k2")], supplier: 1),
    ])

  @Test(
    arguments: [
      (0, "first"), (999_999, "first"), (1_000_000, "second"), (1_999_999, "second"),
      (2_000_000, nil), (2_999_999, nil), (3_000_000, "third"), (9_000_000_000, "third"),
    ] as [(Int64, String?)])
  func `a row holds from its time to before its end`(time: Int64, name: String?) {
    var table = table(Self.rows)
    let key = index(&table, "k1")
    let row = table.row(of: key, at: time)
    #expect((row >= 0) == (name != nil))
    #expect(table.name(of: key, at: time) == name ?? "k1")
    #expect(table.supplier(ofRow: row) == ["first": 0, "second": 0, "third": 1][name ?? ""])
    #expect(table.tier(ofRow: row) == ["first": 0, "second": 1, "third": 1][name ?? ""])
    #expect(table.application(ofRow: row) == ["first": 0, "second": 0][name ?? ""])
  }

  @Test func `of rows that overlap the later one holds`() {
    var registry = KeyRegistry(suppliers: [.init(name: "a"), .init(name: "b")])
    registry.keys = [
      .init(identities: [.name("k")], supplier: 1, validFrom: EventTime(seconds: 50)),
      .init(identities: [.name("k")], supplier: 0),
    ]
    var table = table(registry)
    let key = index(&table, "k")
    #expect(table.supplier(ofRow: table.row(of: key, at: 49_999)) == 0)
    #expect(table.supplier(ofRow: table.row(of: key, at: 50_000)) == 1)
    #expect(table.supplier(ofRow: table.latestRow(of: key)) == 1)
  }

  @Test func `the same text as name, secret and address is three callers`() {
    var table = table(Self.rows)
    let name = index(&table, "k1")
    let secret = index(&table, "k1", .secret)
    let address = index(&table, "k1", .address)
    #expect(Set([name, secret, address]).count == 3)
    #expect(index(&table, "k1") == name && index(&table, "k1", .secret) == secret)
    #expect(table.name(of: secret, at: 0) == "first", "a row holds for the fingerprint as well")
    #expect(table.name(of: secret, at: 5_000_000) == "key:6b31", "never the secret itself")
    #expect(table.row(of: address, at: 0) == -1 && table.isAddress(address))
    #expect(table.addressCount == 1 && table.unknownKeyCount == 0 && table.count == 3)
  }

  @Test func `who is unknown is counted once`() {
    var table = table(Self.rows)
    for _ in 0..<5 { _ = index(&table, "x") }
    _ = index(&table, "y")
    _ = index(&table, "k2")
    #expect(table.unknownKeyCount == 2 && table.count == 3 && table.seenSupplierCount == 1)
  }

  @Test func `beyond the bound nobody is added and each try is counted`() {
    var table = table(Self.rows, max: 2)
    let first = index(&table, "a")
    _ = index(&table, "b")
    #expect(index(&table, "c") == KeyTable.nobody && index(&table, "c") == KeyTable.nobody)
    #expect(index(&table, "a") == first)
    #expect(table.refusedCount == 2 && table.count == 2)
    #expect(table.row(of: KeyTable.nobody, at: 0) == -1)
  }

  @Test func `an application belongs to the supplier of its first row`() {
    let table = table(Self.rows)
    #expect(table.applications == ["shop"])
    #expect(table.supplier(ofApplication: 0) == 0)
  }
}
