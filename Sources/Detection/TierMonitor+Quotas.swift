import AccessLog

/// Limits over more than a minute, which calendar periods count.
extension TierMonitor {
  mutating func countPeriods(_ slot: Int, _ second: Int64) {
    let limits = longLimits[Int(keys[slot].tier)]
    for index in limits.indices {
      let number = periodNumber(limits[index], second)
      if keys[slot].periods[index].number != number {
        keys[slot].periods[index] = Period(number: number)
      }
      keys[slot].periods[index].attempted += Double(keys[slot].attempted)
      keys[slot].periods[index].allowed += Double(keys[slot].attempted - keys[slot].denied)
    }
  }

  /// Months are those of the calendar, everything else divides a day.
  func periodNumber(_ limit: KeyRegistry.RateLimit, _ second: Int64) -> Int64 {
    limit.periodSeconds > 86_400
      ? CalendarMonth.number(ofSecond: second)
      : second.floorDivided(by: Int64(limit.periodSeconds))
  }

  /// Whether a quota of the key is so far used up that a denial may come from it.
  func isOverQuota(_ slot: Int) -> Bool {
    guard !keys.span[slot].periods.isEmpty else { return false }
    let limits = longLimits[Int(keys[slot].tier)]
    return limits.indices.contains { keys[slot].periods[$0].attempted >= 0.9 * limits[$0].count }
  }

  /// Whether a quota of the key is exceeded with the requests of the second under way.
  func isNearQuota(_ slot: Int) -> Bool {
    let limits = longLimits[Int(keys[slot].tier)]
    for index in limits.indices {
      let period = keys[slot].periods[index]
      let used = period.attempted + Double(keys[slot].attempted)
      if used > plan.overshoot * limits[index].count { return true }
    }
    return false
  }

  func longFinding(_ slot: Int) -> TierFinding? {
    let limits = longLimits[Int(keys[slot].tier)]
    for index in limits.indices {
      let period = keys[slot].periods[index]
      guard period.attempted > plan.overshoot * limits[index].count else { continue }
      return TierFinding(
        kind: .quota(limits[index]), seconds: Int64(limits[index].periodSeconds),
        attempted: period.attempted, denied: period.attempted - period.allowed,
        lawfulMax: limits[index].count, ratio: 1 + period.attempted / limits[index].count)
    }
    return nil
  }
}
