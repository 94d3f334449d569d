import AccessLog

/// Every caller that was seen, by a dense index, with what the registry knows of it.
///
/// The one lookup by text a record is here; everything else about a key hangs on the index.
/// Callers are numbered in the canonical order of records, so the numbers are a function of the
/// input, and so is which of them no longer found room.
struct KeyTable: Sendable {
  /// Callers kept apart; the others are counted, and seen by their supplier's series alone.
  static let keyCountMax = 1_000_000
  /// The caller of a record without identity and address, or one that found no room.
  static let nobody = UInt32.max

  private let keyCountMax: Int
  private let registry: KeyRegistry
  private let fingerprint: @Sendable ([UInt8]) -> String
  var symbols: SymbolTable
  var keys: [Key] = []
  /// By key: what most records ask for, apart from the rest of it.
  private var briefs: [Brief] = []
  private var rowsByName: [String: RowReference] = [:]
  private var rowsByFingerprint: [String: RowReference] = [:]
  /// Rows that share an identity, each list ascending by the start of validity.
  private var sharedRows: [[Int32]] = []
  private var applicationIndices: [Int32] = []
  private(set) var applications: [String] = []
  /// Of the first row of each application.
  private var applicationSuppliers: [Int?] = []
  /// Records, not callers, that found no room: so it does not depend on how batches are cut.
  var refusedCount = 0
  private(set) var unknownKeyCount = 0
  private(set) var addressCount = 0
  private var seenSuppliers: [Bool]

  struct Key: Sendable {
    var name: String
    fileprivate var rows: RowReference
  }

  /// The rows of the registry that an identity has: mostly one, and a list for it would take more
  /// room than all else.
  fileprivate enum RowReference: Sendable {
    case absent
    case one(Int32)
    /// In ``sharedRows``.
    case shared(Int32)
  }

  private struct Brief: Sendable {
    /// The row where there is one and it always holds, -1 for none; else validity must be
    /// looked at.
    var row: Int32
    var supplier: Int32 = -1
    var tier: Int32 = -1
    var isAddress: Bool
  }

  private static let looksAtValidity: Int32 = -2

  /// A caller at one time, with what the registry says of it then; -1 is none.
  struct Caller {
    var key: UInt32
    var row: Int32
    var supplier: Int32
    var tier: Int32
    var isAddress: Bool

    static let nobody = Caller(
      key: KeyTable.nobody, row: -1, supplier: -1, tier: -1, isAddress: false)
  }

  init(
    registry: KeyRegistry, hash: SipHash, keyCountMax: Int = Self.keyCountMax,
    fingerprint: @escaping @Sendable ([UInt8]) -> String
  ) {
    self.keyCountMax = keyCountMax
    self.registry = registry
    self.fingerprint = fingerprint
    symbols = SymbolTable(hash: hash)
    seenSuppliers = Array(repeating: false, count: registry.suppliers.count)
    indexRows()
    indexApplications()
  }

  var count: Int { keys.count }

  /// Suppliers of which at least one key was seen.
  var seenSupplierCount: Int { seenSuppliers.count { $0 } }

  /// The index for the caller that `text` names in the log.
  mutating func index(for text: Span<UInt8>, kind: RecordBatch.IdentityKind) -> UInt32 {
    if let known = symbols.known(text, tag: kind.rawValue) { return known.index }
    guard keys.count < keyCountMax else {
      refusedCount += 1
      return Self.nobody
    }
    let symbol = symbols.symbol(for: text, tag: kind.rawValue)
    addKey(text, kind)
    return symbol.index
  }

  /// The index for the caller that a batch's table calls `symbol`.
  mutating func index(for symbol: Symbol, of batch: borrowing SymbolTable) -> UInt32 {
    let mayAdd = keys.count < keyCountMax
    guard let known = symbols.symbol(for: symbol, of: batch, mayAdd: mayAdd) else {
      refusedCount += 1
      return Self.nobody
    }
    guard Int(known.index) == keys.count else { return known.index }
    let kind = RecordBatch.IdentityKind(rawValue: batch.tag(of: symbol)) ?? .secret
    let bytes = batch.bytes(of: symbol)
    addKey(bytes.span, kind)
    return known.index
  }

  /// What is shown: the registry's name, the name in the log, or the fingerprint of a secret.
  func name(of key: UInt32, at time: Int64) -> String {
    let row = row(of: key, at: time)
    if row >= 0, let name = registry.keys[Int(row)].name { return name }
    return keys[Int(key)].name
  }

  func isAddress(_ key: UInt32) -> Bool { briefs[Int(key)].isAddress }

  /// Who `key` is at `time`.
  @inline(__always)
  func caller(_ key: UInt32, at time: Int64) -> Caller {
    let brief = briefs[Int(key)]
    if brief.row == Self.looksAtValidity { return validCaller(key, at: time) }
    return Caller(
      key: key, row: brief.row, supplier: brief.supplier, tier: brief.tier,
      isAddress: brief.isAddress)
  }

  private func validCaller(_ key: UInt32, at time: Int64) -> Caller {
    let row = validRow(of: key, at: time)
    return Caller(
      key: key, row: row, supplier: Int32(supplier(ofRow: row) ?? -1),
      tier: Int32(tier(ofRow: row) ?? -1), isAddress: isAddress(key))
  }

  /// The row of the registry that holds for `key` at `time`, or -1.
  @inline(__always)
  func row(of key: UInt32, at time: Int64) -> Int32 {
    guard key != Self.nobody else { return -1 }
    let only = briefs[Int(key)].row
    return only != Self.looksAtValidity ? only : validRow(of: key, at: time)
  }

  /// The latest row of `key`, whether or not it holds: to whom it belongs in the long run.
  func latestRow(of key: UInt32) -> Int32 { rows(keys[Int(key)].rows).last ?? -1 }

  func supplier(ofRow row: Int32) -> Int? { row < 0 ? nil : registry.keys[Int(row)].supplier }
  func tier(ofRow row: Int32) -> Int? { row < 0 ? nil : registry.keys[Int(row)].tier }
  func application(ofRow row: Int32) -> Int? {
    row < 0 || applicationIndices[Int(row)] < 0 ? nil : Int(applicationIndices[Int(row)])
  }

  func supplier(ofApplication index: Int) -> Int? { applicationSuppliers[index] }

  private func validRow(of key: UInt32, at time: Int64) -> Int32 {
    switch keys[Int(key)].rows {
    case .absent: return -1
    case .one(let row): return isValid(row, at: time) ? row : -1
    case .shared(let list):
      for row in sharedRows[Int(list)].reversed() where isValid(row, at: time) { return row }
      return -1
    }
  }

  private func rows(_ reference: RowReference) -> [Int32] {
    switch reference {
    case .absent: []
    case .one(let row): [row]
    case .shared(let list): sharedRows[Int(list)]
    }
  }

  private func isValid(_ row: Int32, at time: Int64) -> Bool {
    let key = registry.keys[Int(row)]
    if let from = key.validFrom, time < from.milliseconds { return false }
    if let to = key.validTo, time >= to.milliseconds { return false }
    return true
  }

  private mutating func addKey(_ text: Span<UInt8>, _ kind: RecordBatch.IdentityKind) {
    var bytes: [UInt8] = []
    bytes.append(contentsOf: text)
    addKey(
      named: kind == .secret ? fingerprint(bytes) : String(decoding: bytes, as: UTF8.self), kind)
  }

  /// What the registry says of a caller is looked up by its name, and never kept.
  mutating func addKey(named name: String, _ kind: RecordBatch.IdentityKind) {
    let reference: RowReference =
      switch kind {
      case .secret: rowsByFingerprint[name] ?? .absent
      case .name: rowsByName[name] ?? .absent
      case .address: .absent
      }
    let rows = rows(reference)
    if kind == .address { addressCount += 1 } else if rows.isEmpty { unknownKeyCount += 1 }
    for row in rows {
      if let supplier = registry.keys[Int(row)].supplier { seenSuppliers[supplier] = true }
    }
    let row = onlyRow(rows)
    keys.append(Key(name: name, rows: reference))
    briefs.append(
      Brief(
        row: row, supplier: Int32(supplier(ofRow: row) ?? -1),
        tier: Int32(tier(ofRow: row) ?? -1), isAddress: kind == .address))
  }

  private func onlyRow(_ rows: [Int32]) -> Int32 {
    guard let row = rows.first else { return -1 }
    let key = registry.keys[Int(row)]
    return rows.count == 1 && key.validFrom == nil && key.validTo == nil
      ? row : Self.looksAtValidity
  }

  private mutating func indexRows() {
    rowsByName.reserveCapacity(registry.keys.count)
    rowsByFingerprint.reserveCapacity(registry.keys.count)
    for (row, key) in registry.keys.enumerated() {
      if let name = key.nameInLogs {
        Self.add(Int32(row), to: &rowsByName[name, default: .absent], &sharedRows)
      }
      if let text = key.fingerprintInLogs {
        Self.add(Int32(row), to: &rowsByFingerprint[text, default: .absent], &sharedRows)
      }
    }
    for list in sharedRows.indices { sharedRows[list].sort(by: isEarlier) }
  }

  private static func add(
    _ row: Int32, to reference: inout RowReference, _ shared: inout [[Int32]]
  ) {
    switch reference {
    case .absent: reference = .one(row)
    case .one(let first):
      reference = .shared(Int32(shared.count))
      shared.append([first, row])
    case .shared(let list): shared[Int(list)].append(row)
    }
  }

  /// By the start of validity, then by their place in the registry.
  private func isEarlier(_ a: Int32, _ b: Int32) -> Bool {
    let from = registry.keys[Int(a)].validFrom?.milliseconds ?? .min
    let other = registry.keys[Int(b)].validFrom?.milliseconds ?? .min
    return (from, a) < (other, b)
  }

  private mutating func indexApplications() {
    var known: [String: Int32] = [:]
    for key in registry.keys {
      guard let name = key.application else {
        applicationIndices.append(-1)
        continue
      }
      let index = known[name] ?? Int32(applications.count)
      if Int(index) == applications.count {
        applications.append(name)
        applicationSuppliers.append(key.supplier)
      }
      known[name] = index
      applicationIndices.append(index)
    }
  }
}
