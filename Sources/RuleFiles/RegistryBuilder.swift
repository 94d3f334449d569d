import AccessLog
import Baselines
import Detection

/// Gathers the rows of all files of a registry, and resolves their names at the end, so that
/// the order of the files does not matter.
struct RegistryBuilder {
  /// A name with the place that it was used at.
  struct Use {
    var name: String
    var place: Place
  }

  /// Small, because every row has some.
  struct Place: Hashable, Comparable {
    var file: UInt32
    var line: Int32
    var column: Int32

    static func < (a: Self, b: Self) -> Bool {
      (a.file, a.line, a.column) < (b.file, b.line, b.column)
    }
  }

  private(set) var diagnostics: [Diagnostic] = []

  /// Of the secret that `fingerprint` uses; `nil` where fingerprints need not fit.
  private let keyID: String?
  /// The command that drafts a registry with that secret.
  private let redraft: String?
  private let fingerprint: (String) -> String
  private var files: [String] = []
  private var tiers: [KeyRegistry.Tier] = []
  private var tierPlaces: [String: Place] = [:]
  private var suppliers: [KeyRegistry.Supplier] = []
  private var supplierIndices: [String: Int] = [:]
  private var declaredSuppliers: [String: Place] = [:]
  /// Where keys first name each supplier.
  private var supplierUses: [String: Place] = [:]
  private var zones: [ZoneTransitions] = [.utc]
  private var keys: [KeyRegistry.Key] = []
  private var keyPlaces: [Place] = []
  private var hasRefusedKeys = false
  private var tierUses: [String: TierUse] = [:]
  private var tierOfKey: [Int32] = []
  private var apis: [KeyRegistry.API] = []
  private var hashes: [String] = []

  /// Tiers that rows name, declared or not, numbered as they come.
  private struct TierUse {
    var number: Int32
    var firstPlace: Place
  }

  init(
    keyID: String?, redraft: String? = nil, fingerprint: @escaping (String) -> String
  ) {
    self.keyID = keyID
    self.redraft = redraft
    self.fingerprint = fingerprint
  }

  // MARK: - Faults

  mutating func report(_ found: [Diagnostic]) { diagnostics += found }

  /// The number by which places name the file.
  mutating func number(of file: String) -> UInt32 {
    files.append(file)
    return UInt32(files.count - 1)
  }

  mutating func addToHash(_ file: SourceFile) {
    let hash = SipHash(key0: 0, key1: 0).hash128(file.bytes.span)
    hashes.append("\(String(hash.0, radix: 16)).\(String(hash.1, radix: 16))")
  }

  private mutating func report(
    _ message: String, _ place: Place, suggestion: String? = nil,
    severity: Diagnostic.Severity = .error
  ) {
    // Apart, so that no crowd of warnings hides an error.
    guard diagnostics.count(where: { $0.severity == severity }) < DiagnosticSink.diagnosticCountMax
    else { return }
    diagnostics.append(
      Diagnostic(
        severity, file: files[Int(place.file)], line: Int(place.line), column: Int(place.column),
        message: message, suggestion: suggestion))
  }

  // MARK: - Rows

  /// The fingerprints of a file were made with the secret that has this id.
  mutating func note(keyID theirs: String, at place: Place) {
    guard let keyID, theirs != keyID else { return }
    report(
      "the fingerprints of this registry are of another key (\(theirs)) than this run's "
        + "(\(keyID)), so that none of them is found", place,
      suggestion: "--fingerprint-key with the file that the draft was made with"
        + (redraft.map { "; or draft anew with this run's: \($0)" } ?? ""),
      severity: .warning)
  }

  mutating func add(_ tier: KeyRegistry.Tier, at place: Place) {
    if let first = tierPlaces[tier.name] {
      return report("this tier stands already in line \(first.line)", place)
    }
    tierPlaces[tier.name] = place
    tiers.append(tier)
  }

  mutating func add(_ supplier: KeyRegistry.Supplier, zone: String?, at place: Place) {
    if let first = declaredSuppliers[supplier.name] {
      return report("this supplier stands already in line \(first.line)", place)
    }
    declaredSuppliers[supplier.name] = place
    var supplier = supplier
    supplier.zone = zone.flatMap { index(ofZone: $0) } ?? 0
    suppliers[index(ofSupplier: supplier.name)] = supplier
  }

  mutating func add(_ api: KeyRegistry.API, at place: Place) {
    guard !apis.contains(where: { $0.name == api.name }) else {
      return report("this API stands twice", place)
    }
    apis.append(api)
  }

  /// `rawKey` is a key as clients send it, or its fingerprint.
  mutating func add(
    _ key: KeyRegistry.Key, rawKey: String, supplier: Use?, tier: Use?, at place: Place
  ) {
    guard keys.count < RegistryLoader.keyCountMax else {
      if !hasRefusedKeys {
        hasRefusedKeys = true
        report("more than \(RegistryLoader.keyCountMax) keys", place)
      }
      return
    }
    note(supplier: supplier, tier: tier)
    tierOfKey.append(tier.map { number(of: $0) } ?? -1)
    keys.append(key)
    keys[keys.count - 1].identities = identities(of: rawKey)
    keys[keys.count - 1].supplier = supplier.map { index(ofSupplier: $0.name) }
    keyPlaces.append(place)
  }

  /// Names that a row uses, also one that is no key for another reason.
  mutating func note(supplier: Use?, tier: Use?) {
    if let supplier, supplierUses[supplier.name] == nil {
      supplierUses[supplier.name] = supplier.place
    }
    if let tier { _ = number(of: tier) }
  }

  /// Both forms of a raw key: which one the log shows depends on the source.
  private func identities(of rawKey: String) -> [KeyRegistry.Identity] {
    if Self.isFingerprint(rawKey) { return [.fingerprint(rawKey.lowercased())] }
    return [.name(rawKey), .fingerprint(fingerprint(rawKey))]
  }

  /// `key:` and at least eight hexadecimal digits.
  static func isFingerprint(_ text: String) -> Bool {
    guard text.hasPrefix("key:"), text.utf8.count >= 12 else { return false }
    return text.utf8.dropFirst(4).allSatisfy {
      (48...57).contains($0) || (97...102).contains($0 | 0x20)
    }
  }

  /// A supplier that only keys name has no settings of its own.
  private mutating func index(ofSupplier name: String) -> Int {
    if let index = supplierIndices[name] { return index }
    supplierIndices[name] = suppliers.count
    suppliers.append(KeyRegistry.Supplier(name: name))
    return suppliers.count - 1
  }

  /// The zone must exist; the readers have checked it.
  private mutating func index(ofZone name: String) -> Int? {
    if let index = zones.firstIndex(where: { $0.name == name }) { return index }
    guard let zone = ZoneDatabase.zone(named: name) else { return nil }
    zones.append(zone)
    return zones.count - 1
  }

  private mutating func number(of tier: Use) -> Int32 {
    if let use = tierUses[tier.name] { return use.number }
    let number = Int32(tierUses.count)
    tierUses[tier.name] = TierUse(number: number, firstPlace: tier.place)
    return number
  }

  // MARK: - The whole

  /// - Parameter isWhole: no file is missing, so that what no row declares is declared nowhere.
  mutating func finish(isWhole: Bool = true) throws(Diagnostics) -> LoadedRegistry {
    if isWhole {
      resolveTiers()
      checkSuppliers()
    }
    checkOverlaps()
    guard !diagnostics.contains(where: { $0.severity == .error }) else {
      throw Diagnostics(diagnostics)
    }
    let registry = KeyRegistry(
      tiers: tiers, suppliers: suppliers, keys: keys, apis: apis, zones: zones,
      contentHash: contentHash)
    return LoadedRegistry(registry: registry, warnings: diagnostics.sorted())
  }

  /// Over the files, in whatever order they came; none without files.
  private var contentHash: String {
    guard !hashes.isEmpty else { return "" }
    var hash = ContentHash()
    for text in hashes.sorted() { hash.add(text) }
    return hash.hexadecimal
  }

  private mutating func resolveTiers() {
    var indices = [Int?](repeating: nil, count: tierUses.count)
    let declared = tiers.map(\.name)
    for (name, use) in tierUses.sorted(by: { $0.value.number < $1.value.number }) {
      indices[Int(use.number)] = declared.firstIndex(of: name)
      guard indices[Int(use.number)] == nil else { continue }
      let list = declared.isEmpty ? "no tier is declared" : declared.joined(separator: ", ")
      report(
        "the tier of this key is not declared (\(list))", use.firstPlace,
        suggestion: NearestWord.nearest(to: name, among: declared))
    }
    for index in keys.indices where tierOfKey[index] >= 0 {
      keys[index].tier = indices[Int(tierOfKey[index])]
    }
  }

  /// A registry that lists its suppliers is meant to list them all: what only keys name may be
  /// misspelt, and would be watched apart from the supplier that was meant.
  private mutating func checkSuppliers() {
    guard !declaredSuppliers.isEmpty else { return }
    let unknown = supplierUses.filter { declaredSuppliers[$0.key] == nil }
    let declared = declaredSuppliers.keys.sorted()
    for (name, place) in unknown.sorted(by: { $0.value < $1.value }) {
      report(
        "the supplier of this key is not among 'suppliers'; it is taken for one without settings",
        place, suggestion: NearestWord.nearest(to: name, among: declared), severity: .warning)
    }
  }

  /// At any time a key belongs to one row.
  private mutating func checkOverlaps() {
    var firstRow: [KeyRegistry.Identity: Int32] = [:]
    firstRow.reserveCapacity(keys.count)
    var repeated: [KeyRegistry.Identity: [Int]] = [:]
    for index in keys.indices {
      // A raw key and its fingerprint are one key: the fingerprint is what both have.
      guard let identity = keys[index].identities.last else { continue }
      if let first = firstRow[identity] {
        repeated[identity, default: [Int(first)]].append(index)
      } else {
        firstRow[identity] = Int32(index)
      }
    }
    for rows in repeated.values.sorted(by: { $0[0] < $1[0] }) { checkOverlaps(of: rows) }
  }

  private mutating func checkOverlaps(of rows: [Int]) {
    let sorted = rows.sorted { begin(of: $0) < begin(of: $1) }
    for (earlier, later) in zip(sorted, sorted.dropFirst())
    where keys[earlier].validTo.map({ $0.milliseconds > begin(of: later) }) ?? true {
      // The row that stands later in the files is the one to mend.
      let (first, second) = (min(earlier, later), max(earlier, later))
      let place = keyPlaces[first]
      report(
        "this key has another row for the same time, at \(files[Int(place.file)]):\(place.line)",
        keyPlaces[second])
    }
  }

  private func begin(of row: Int) -> Int64 { keys[row].validFrom?.milliseconds ?? .min }
}
