/// Which values came lately, each with the cell in which it came last.
///
/// Hashes stand for the values, in a table that is searched forwards from their place. What is
/// older than a window goes when the table grows, or is far larger than what is left.
struct RecentValues: Sendable {
  /// 0 is a free place.
  private var hashes: [UInt64] = []
  private var cells: [Int64] = []
  private var usedCount = 0

  private static let capacityMin = 8

  /// Values for which there is memory.
  var capacity: Int { hashes.count }

  /// When `value` came last; `nil` where it was forgotten or never came.
  func cell(of value: UInt64) -> Int64? {
    guard !hashes.isEmpty else { return nil }
    let place = place(of: Self.hash(value))
    return hashes[place] == 0 ? nil : cells[place]
  }

  /// `value` came in `cell`; what did not come since `oldest` may be forgotten.
  mutating func note(_ value: UInt64, in cell: Int64, since oldest: Int64) {
    if (usedCount + 1) * 4 > hashes.count * 3 { rebuild(since: oldest) }
    let hash = Self.hash(value)
    let place = place(of: hash)
    if hashes[place] == 0 { usedCount += 1 }
    hashes[place] = hash
    cells[place] = cell
  }

  /// Gives memory back where `liveCount` of the values are left.
  mutating func shrink(to liveCount: Int, since oldest: Int64) {
    if liveCount == 0 {
      self = RecentValues()
    } else if hashes.count > Self.capacityMin * 8, hashes.count > liveCount * 8 {
      rebuild(since: oldest)
    }
  }

  /// What came since `oldest`, by its hash.
  func all(since oldest: Int64) -> [(value: UInt64, cell: Int64)] {
    hashes.indices.filter { hashes[$0] != 0 && cells[$0] >= oldest }
      .map { (hashes[$0], cells[$0]) }.sorted { $0.value < $1.value }
  }

  private mutating func rebuild(since oldest: Int64) {
    let kept = hashes.indices.filter { hashes[$0] != 0 && cells[$0] >= oldest }
    let old = self
    var capacity = Self.capacityMin
    while capacity < 2 * (kept.count + 1) { capacity *= 2 }
    hashes = Array(repeating: 0, count: capacity)
    cells = Array(repeating: 0, count: capacity)
    usedCount = kept.count
    for index in kept {
      let place = place(of: old.hashes[index])
      hashes[place] = old.hashes[index]
      cells[place] = old.cells[index]
    }
  }

  /// Where `hash` stands, or the free place at which it would.
  private func place(of hash: UInt64) -> Int {
    var place = Int(truncatingIfNeeded: hash >> 20) & (hashes.count - 1)
    while hashes[place] != 0, hashes[place] != hash { place = (place + 1) & (hashes.count - 1) }
    return place
  }

  /// No value has the mark of a free place.
  private static func hash(_ value: UInt64) -> UInt64 { value == 0 ? 1 : value }
}
