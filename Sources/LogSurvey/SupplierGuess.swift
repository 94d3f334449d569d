/// Which callers may belong to one supplier: those whose names begin alike, else those that
/// call from one network. A guess to start from; who stands alone gets none.
public struct SupplierGuess: Hashable, Sendable {
  public struct Supplier: Hashable, Sendable {
    public var name: String
    public var callerCount: Int
    /// `their names begin with 'northwind'`.
    public var reason: String
  }

  /// In the order of their first callers.
  public private(set) var suppliers: [Supplier] = []
  /// By caller, in the order given: index in ``suppliers``.
  public private(set) var supplierOfCaller: [Int?]

  private static let prefixCountMin = 3
  /// They say that something is a caller, and not whose.
  private static let commonWords: Set = [
    "account", "api", "apikey", "app", "application", "client", "consumer", "customer", "demo",
    "key", "partner", "service", "supplier", "svc", "tenant", "test", "token", "user",
  ]

  public init(_ callers: [SurveyedCaller]) {
    supplierOfCaller = Array(repeating: nil, count: callers.count)
    let prefixes = callers.map { $0.isSecret ? nil : Self.prefix(of: $0.name) }
    group(prefixes) { (name: $0, reason: "their names begin with it") }
    let networks = callers.indices.map { index in
      supplierOfCaller[index] == nil ? callers[index].mainNetwork : nil
    }
    var number = 0
    group(networks) { network in
      number += 1
      return (name: "supplier-\(number)", reason: "all call from \(network)")
    }
  }

  /// Makes a supplier of all callers that have one trait in common.
  private mutating func group(
    _ traits: [String?], _ describe: (String) -> (name: String, reason: String)
  ) {
    var counts: [String: Int] = [:]
    for trait in traits { if let trait { counts[trait, default: 0] += 1 } }
    var known: [String: Int] = [:]
    for (index, trait) in traits.enumerated() {
      guard let trait, let count = counts[trait], count > 1 else { continue }
      if known[trait] == nil {
        let (name, reason) = describe(trait)
        known[trait] = suppliers.count
        suppliers.append(Supplier(name: unused(name), callerCount: count, reason: reason))
      }
      supplierOfCaller[index] = known[trait]
    }
  }

  private func unused(_ name: String) -> String {
    var name = name
    while suppliers.contains(where: { $0.name == name }) { name += "-2" }
    return name
  }

  /// What stands before the first mark or digit, in lower case: `northwind-1`, `Northwind_web`
  /// and `ops@northwind` have `northwind`, `northwind` and `northwind`.
  static func prefix(of name: String) -> String? {
    var part = name[...]
    if let at = part.firstIndex(of: "@") { part = part[part.index(after: at)...] }
    let word = part.prefix { $0.isLetter }.lowercased()
    return word.count >= prefixCountMin && !commonWords.contains(word) ? word : nil
  }
}
