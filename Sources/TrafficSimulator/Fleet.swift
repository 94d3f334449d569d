/// Who calls the gateway: suppliers with their rhythm, and their keys.
struct Fleet: Sendable {
  struct Supplier: Sendable {
    var name: String
    var zone: Zone
    var rhythm: WeeklyRhythm
    /// Of its traffic a week.
    var growthPerWeek: Double
    /// Its keys, in the fleet's numbering.
    var keys: Range<Int>
  }

  struct Key: Sendable {
    /// As the registry shows it.
    var name: String
    /// What the client sends as `X-Api-Key`.
    var secret: String
    var supplier: Int
    var tier: Tier
    var environment: String
    /// On a working day, without growth.
    var requestsPerDay: Double
    /// Share of its actions that are orders with the quotes before them.
    var orderShare: Double
    /// Of a single minute and of an hour; variance is mean² / shape on top of Poisson's.
    var minuteShape: Int
    var hourShape: Int
    var address: [UInt8]
    var agent: [UInt8]
  }

  let suppliers: [Supplier]
  let keys: [Key]

  /// Suppliers come by their keys: five a supplier, or fewer so that there are at least twelve.
  init(keyCount: Int, requestsPerDay: Double, seed: SplitMix64) {
    let supplierCount = max(1, min(keyCount, max(keyCount / 5, min(12, keyCount / 2))))
    var chance = seed.branch(1)
    var suppliers: [Supplier] = []
    var keys: [Key] = []
    for index in 0..<supplierCount {
      let end = keyCount * (index + 1) / supplierCount
      let supplier = Self.supplier(index, keys: keys.count..<end, &chance)
      for key in supplier.keys {
        keys.append(Self.key(key, number: key - supplier.keys.lowerBound, supplier, index, &chance))
      }
      suppliers.append(supplier)
    }
    self.suppliers = suppliers
    self.keys = Self.scaled(keys, to: requestsPerDay)
  }

  // MARK: - suppliers

  private static let names = [
    "northwind", "bluefjord", "castellan", "dorado", "eastgate", "ferrovia", "glenmore",
    "halcyon", "ironbark", "juniper", "kestrel", "lumen", "meridian", "nordlys", "orchard",
    "pinnacle", "quarry", "riverton", "solstice", "tamarack", "umbria", "vantage", "westerly",
    "xenia", "yarrow", "zephyr",
  ]

  private static func supplier(
    _ index: Int, keys: Range<Int>, _ chance: inout SplitMix64
  ) -> Supplier {
    let round = index / names.count
    let styles: [WeeklyRhythm.Style] = [.office, .shop, .office, .machines, .shop, .batch]
    return Supplier(
      name: names[index % names.count] + (round == 0 ? "" : "-\(round + 1)"),
      zone: Zone.all[index % Zone.all.count],
      rhythm: WeeklyRhythm(style: styles[index % styles.count], chance: &chance),
      growthPerWeek: chance.between(-0.005, 0.03), keys: keys)
  }

  // MARK: - keys

  private static let roles = ["shop", "erp", "mobile", "sync", "reports"]
  private static let agents = [
    "okhttp/4.12.0", "python-requests/2.32.3", "Java-http-client/21.0.2", "Go-http-client/2.0",
    "Apache-HttpClient/5.3 (Java/17.0.9)", "axios/1.7.2",
  ].map { Array($0.utf8) }

  /// One key in eight is idle: it says something a few times a day.
  private static func key(
    _ index: Int, number: Int, _ supplier: Supplier, _ supplierIndex: Int,
    _ chance: inout SplitMix64
  ) -> Key {
    let isIdle = number > 0 && chance.chance(0.125)
    let round = number / roles.count
    // Equal steps of the exponent: most keys are small, some are large.
    let volume = PortableMath.exp(chance.between(0, 2.5))
    return Key(
      name: "\(supplier.name)-\(roles[number % roles.count])" + (round == 0 ? "" : "-\(round + 1)"),
      secret: secret(&chance), supplier: supplierIndex,
      tier: Tier.all[number == 0 ? 1 : chance.below(6) / 5],
      environment: number > 3 && chance.chance(0.3) ? "test" : "production",
      requestsPerDay: isIdle ? 0.002 * volume : volume,
      orderShare: number % 2 == 0 ? chance.between(0.15, 0.4) : 0,
      minuteShape: 2 + chance.below(7), hourShape: 30 + chance.below(70),
      address: Array("10.\(index >> 8 & 255).\(index & 255).\(1 + chance.below(250))".utf8),
      agent: chance.pick(agents))
  }

  /// 24 letters and digits, as gateways make them.
  private static func secret(_ chance: inout SplitMix64) -> String {
    let alphabet = Array("abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789")
    return "sim_" + String((0..<24).map { _ in chance.pick(alphabet) })
  }

  private static func scaled(_ keys: [Key], to requestsPerDay: Double) -> [Key] {
    let total = keys.reduce(0) { $0 + $1.requestsPerDay }
    return keys.map { key in
      var key = key
      key.requestsPerDay *= requestsPerDay / total
      if key.requestsPerDay > 60_000 { key.tier = Tier.all[2] }
      return key
    }
  }
}
