/// Deadlines in event time, one second apart: what must be looked at although no record came.
///
/// A hierarchical wheel (Varghese and Lauck, "Hashed and hierarchical timing wheels", 1987) of
/// six levels of 64 slots. Setting and firing cost constant time, and an empty span is skipped
/// by looking at one word a level.
struct TimingWheel: Sendable {
  struct Deadline: Hashable, Sendable {
    var second: Int64
    /// What the owner makes of it.
    var token: UInt64
    /// How many were set before it.
    var order: UInt64
  }

  static let levelCount = 6
  private static let slotBits: Int64 = 6
  static let slotCount: Int64 = 64

  var slots: [[Deadline]]
  var occupied: [UInt64]  // one bit a slot, one word a level
  var count = 0
  var setCount: UInt64 = 0
  /// Everything before this second has fired. It begins at the epoch, not at the first deadline,
  /// because the next one may be earlier.
  var now: Int64 = 0

  init() {
    slots = Array(repeating: [], count: Self.levelCount * Int(Self.slotCount))
    occupied = Array(repeating: 0, count: Self.levelCount)
  }

  /// Sets a deadline; one that lies in the past fires next.
  mutating func set(_ token: UInt64, at second: Int64) {
    count += 1
    setCount += 1
    place(Deadline(second: max(second, now), token: token, order: setCount))
  }

  /// The second of the earliest deadline, if it is not after `limit`.
  mutating func next(through limit: Int64) -> Int64? {
    guard count > 0 else {
      now = max(now, limit)
      return nil
    }
    var second = now
    while second <= limit {
      let slot = second & (Self.slotCount - 1)
      let ahead = occupied[0] >> UInt64(slot)
      if ahead != 0 {
        second += Int64(ahead.trailingZeroBitCount)
        now = min(second, limit)
        return second <= limit ? second : nil
      }
      second = (second | (Self.slotCount - 1)) + 1
      let start = nextCascade(from: second)
      if occupied[0] == 0 {
        guard let start else { break }
        second = start
      }
      if second > limit { break }
      now = second
      if start == second { cascade(at: second) }
    }
    now = max(now, limit)
    return nil
  }

  /// Takes out every deadline of `second`, which `next` has just returned, in the order in which
  /// they were set.
  mutating func take(_ second: Int64) -> [Deadline] {
    let slot = Int(second & (Self.slotCount - 1))
    var due = slots[slot]
    slots[slot].removeAll(keepingCapacity: true)
    occupied[0] &= ~(1 << UInt64(slot))
    count -= due.count
    // Those that were handed down stand behind those that were set later and nearer.
    due.sort { $0.order < $1.order }
    return due
  }

  /// The next second from `second` on at which some level has something to hand down.
  private func nextCascade(from second: Int64) -> Int64? {
    var earliest: Int64?
    for level in 1..<Self.levelCount where occupied[level] != 0 {
      let shift = Self.slotBits * Int64(level)
      // `second` starts a slot of level 1; on higher levels the slot may be under way.
      let unit = (second + (1 << shift) - 1) >> shift
      let slot = UInt64(unit & (Self.slotCount - 1))
      let word = occupied[level]
      let rotated = slot == 0 ? word : word >> slot | word << (64 - slot)
      let start = (unit + Int64(rotated.trailingZeroBitCount)) << shift
      earliest = min(earliest ?? start, start)
    }
    return earliest
  }

  /// Hands the slots that begin at `second` down a level, the highest first.
  private mutating func cascade(at second: Int64) {
    for level in stride(from: Self.levelCount - 1, through: 1, by: -1) {
      let shift = Self.slotBits * Int64(level)
      guard second & ((1 << shift) - 1) == 0 else { continue }
      let slot = Int((second >> shift) & (Self.slotCount - 1))
      guard occupied[level] & (1 << UInt64(slot)) != 0 else { continue }
      let index = level * Int(Self.slotCount) + slot
      let moving = slots[index]
      slots[index].removeAll(keepingCapacity: true)
      occupied[level] &= ~(1 << UInt64(slot))
      for deadline in moving { place(deadline) }
    }
  }

  private mutating func place(_ deadline: Deadline) {
    // The highest level takes what lies beyond it, in its last slot, and looks again there.
    var level = 0
    while level < Self.levelCount - 1,
      deadline.second >> (Self.slotBits * Int64(level))
        - now >> (Self.slotBits * Int64(level)) >= Self.slotCount
    {
      level += 1
    }
    let shift = Self.slotBits * Int64(level)
    let ahead = min(deadline.second >> shift - now >> shift, Self.slotCount - 1)
    let slot = Int((now >> shift + ahead) & (Self.slotCount - 1))
    slots[level * Int(Self.slotCount) + slot].append(deadline)
    occupied[level] |= 1 << UInt64(slot)
  }
}
