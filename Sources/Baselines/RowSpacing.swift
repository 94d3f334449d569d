/// How far apart the rows of a series usually are.
///
/// It begins with the first gap and then moves towards each further one, by less and less: one
/// hole in the data, or a row that came twice, changes next to nothing.
struct RowSpacing: Hashable, Sendable {
  /// What is assumed until two rows of different times were seen.
  static let secondsUnknown: Float = 60

  private(set) var seconds: Float
  /// Gaps seen, up to ``gapCountMax``; none is learnt where the spacing was told.
  private var gapCount: UInt8
  private static let gapCountMax: UInt8 = 100
  private static let told: UInt8 = 255

  /// `seconds` is `nil` where the rows shall tell.
  init(seconds: Double?) {
    self.seconds = seconds.map { Float($0) } ?? Self.secondsUnknown
    gapCount = seconds == nil ? 0 : Self.told
  }

  mutating func learn(gapSeconds: Double) {
    guard gapSeconds > 0, gapCount != Self.told else { return }
    let gap = Float(min(gapSeconds, 1e9))
    if gapCount == 0 { seconds = gap }
    let step = 1 + 1 / Float(gapCount + 1)
    seconds = min(max(gap, seconds / step), seconds * step)
    gapCount = min(gapCount + 1, Self.gapCountMax)
  }
}
