/// The highest and the lowest that was seen.
struct RecordRange: Hashable, Sendable {
  private(set) var low = Double.infinity
  private(set) var high = -Double.infinity

  /// Whether `value` lies outside, by more than `margin` of the range.
  func isExceeded(by value: Double, margin: Double = 0) -> Bool {
    guard low <= high else { return false }
    let slack = margin * (high - low)
    return value > high + slack || value < low - slack
  }

  mutating func learn(_ value: Double) {
    low = min(low, value)
    high = max(high, value)
  }
}
