extension SeasonalProfile: StateCoded {
  /// Hours that were never seen, most of them in a young series, take a bit each.
  package mutating func code(with coder: inout StateCoder) {
    var start = 0
    while start < slots.count {
      let end = min(start + Self.hoursAtOnce * 2, slots.count)
      codeHours(start..<end, &coder)
      start = end
    }
  }

  private static let hoursAtOnce = 63

  private mutating func codeHours(_ range: Range<Int>, _ coder: inout StateCoder) {
    var seen: UInt64 = 0
    for (bit, slot) in stride(from: range.lowerBound, to: range.upperBound, by: 2).enumerated()
    where slots[slot].bitPattern | slots[slot + 1].bitPattern != 0 { seen |= 1 << UInt64(bit) }
    coder.code(&seen)
    for (bit, slot) in stride(from: range.lowerBound, to: range.upperBound, by: 2).enumerated()
    where seen & 1 << UInt64(bit) != 0 { codeHour(slot, &coder) }
  }

  private mutating func codeHour(_ slot: Int, _ coder: inout StateCoder) {
    var count = slots[slot]
    var windows = slots[slot + 1]
    coder.code(&count)
    coder.code(&windows)
    guard coder.isReading else { return }
    slots[slot] = count
    slots[slot + 1] = windows
  }
}
