import AccessLog

extension RecentSeconds {
  private static let barCountMax: Int64 = 30

  /// The attempts of the seconds up to `last`, of which the last `judged` are in question.
  ///
  /// - Parameter lawfulMax: The most that an obedient key can send in so many seconds.
  func picture(
    upTo last: Int64, judged: Int64, lawfulMax: (_ seconds: Int64) -> Double
  ) -> AlertPicture {
    let perBar = max(1, judged / (Self.barCountMax * 2 / 3))
    let first = last + 1 - perBar * Self.barCountMax
    var bars = Array(
      repeating: AlertPicture.Window(count: 0, low: 0, high: lawfulMax(perBar)),
      count: Int(Self.barCountMax))
    for index in 0..<count where self[index].second >= first && self[index].second <= last {
      bars[Int((self[index].second - first) / perBar)].count += Double(self[index].attempted)
    }
    return AlertPicture(
      windows: bars, windowMilliseconds: perBar * 1000,
      startedAt: EventTime(milliseconds: first * 1000),
      judgedCount: Int((judged + perBar - 1) / perBar))
  }
}
