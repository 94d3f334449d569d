import AccessLog

/// Who asked for what in which file, by dense indices.
struct UsagePlace: Hashable, Sendable {
  var key: UInt32
  /// Row of the registry; for a folded place the supplier.
  var row: Int32
  var resource: UInt32
  var network: UsageNetwork
  var part: UsagePart

  /// The key of what is counted for its supplier alone.
  static let foldedKey = UInt32.max - 1

  /// The resource of what is counted for its caller alone.
  static let anyResource = UInt32.max

  /// The caller's place for what finds no room.
  var ofAnyRoute: UsagePlace {
    UsagePlace(key: key, row: row, resource: Self.anyResource, network: .none, part: part)
  }

  static func folded(supplier: Int32, part: UsagePart) -> UsagePlace {
    UsagePlace(key: foldedKey, row: supplier, resource: 0, network: .none, part: part)
  }
}

/// The network of a client address; ``none`` where there is no address.
struct UsageNetwork: Hashable, Sendable {
  /// The address without the bits of the host; one of version 4 as `::ffff:a.b.c.0`.
  let bits: UInt128

  static let none = UsageNetwork(bits: 0)

  init(bits: UInt128) { self.bits = bits }

  init(of batch: borrowing RecordBatch, _ index: Int) {
    let range = batch.address[index]
    guard !range.isAbsent, let address = batch.withText(range, { IPAddress(parsing: $0) }) else {
      self = .none
      return
    }
    let hostBits: UInt128 = address.isV4 ? 8 : 80
    bits = (address.bits >> hostBits) << hostBits
  }

  /// As ``EntityResolver`` writes networks.
  var text: String? {
    guard bits != 0 else { return nil }
    func part(_ index: Int, bits count: Int) -> UInt64 {
      UInt64(truncatingIfNeeded: bits >> UInt128(index * count)) & (1 << UInt64(count) - 1)
    }
    if bits >> 32 == 0xffff {
      return "\(part(3, bits: 8)).\(part(2, bits: 8)).\(part(1, bits: 8)).0/24"
    }
    return [7, 6, 5].map { String(part($0, bits: 16), radix: 16) }.joined(separator: ":") + "::/48"
  }
}

/// Rows of the hour that is being counted, found by their place.
///
/// Clients choose routes and addresses, so the hash is keyed with the installation's secret.
struct UsageTable: Sendable {
  private(set) var places: [UsagePlace] = []
  var counts: [UsageCounts] = []
  var slots: [UInt32]  // 0 is free, else index + 1; a power of two, at most half full
  private let secret0: UInt64
  private let secret1: UInt64

  private static let slotCountMin = 1024

  init(hash: SipHash) {
    slots = Array(repeating: 0, count: Self.slotCountMin)
    let word = Array("usage".utf8)
    secret0 = hash.hash(word.span, tag: 1) | 1
    secret1 = hash.hash(word.span, tag: 2) | 1
  }

  /// The index of the row for `place`.
  @inline(__always)
  func find(_ place: UsagePlace) -> Int? {
    var slot = hash(place) & (slots.count - 1)
    while slots[slot] != 0 {
      let index = Int(slots[slot]) - 1
      if places[index] == place { return index }
      slot = (slot + 1) & (slots.count - 1)
    }
    return nil
  }

  /// Adds a row for `place`, which must not be there.
  mutating func insert(_ place: UsagePlace) -> Int {
    if (places.count + 1) * 2 > slots.count { grow() }
    places.append(place)
    counts.append(UsageCounts())
    link(places.count - 1)
    return places.count - 1
  }

  mutating func removeAll() {
    places.removeAll(keepingCapacity: true)
    counts.removeAll(keepingCapacity: true)
    for slot in slots.indices { slots[slot] = 0 }
  }

  private mutating func grow() {
    slots = Array(repeating: 0, count: slots.count * 2)
    for index in places.indices { link(index) }
  }

  private mutating func link(_ index: Int) {
    var slot = hash(places[index]) & (slots.count - 1)
    while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
    slots[slot] = UInt32(index + 1)
  }

  /// Products of keyed words, folded (the mixing step of Wang Yi's wyhash).
  @inline(__always)
  private func hash(_ place: UsagePlace) -> Int {
    let caller = UInt64(place.key) << 32 | UInt64(UInt32(bitPattern: place.row))
    let resource = UInt64(place.resource) << 32 | UInt64(truncatingIfNeeded: place.part.segment)
    let high = UInt64(truncatingIfNeeded: place.network.bits >> 64)
    let low = UInt64(truncatingIfNeeded: place.network.bits)
    let source = UInt64(truncatingIfNeeded: place.part.source)
    let first = Self.fold(caller ^ secret0, resource ^ secret1)
    let second = Self.fold(high ^ source ^ secret1, low ^ secret0)
    return Int(truncatingIfNeeded: Self.fold(first ^ secret0, second ^ secret1) >> 1)
  }

  @inline(__always)
  private static func fold(_ a: UInt64, _ b: UInt64) -> UInt64 {
    let product = a.multipliedFullWidth(by: b)
    return product.high ^ product.low
  }
}
