/// What a key has bought; the simulated gateway enforces it with a token bucket.
struct Tier: Hashable, Sendable {
  var name: String
  var ratePerSecond: Int
  var burst: Int

  static let all = [
    Tier(name: "bronze", ratePerSecond: 5, burst: 10),
    Tier(name: "silver", ratePerSecond: 20, burst: 40),
    Tier(name: "gold", ratePerSecond: 100, burst: 200),
  ]
}

/// The tokens of one key, in thousandths, so that the arithmetic is whole.
struct TokenBucket: Sendable {
  private let tier: Tier
  private var tokens: Int
  private var milliseconds = 0

  init(_ tier: Tier) {
    self.tier = tier
    tokens = tier.burst * 1000
  }

  /// Whether a request at that time passes; times do not go back.
  mutating func admits(atMilliseconds now: Int) -> Bool {
    let gained = (now - milliseconds) * tier.ratePerSecond
    tokens = min(tier.burst * 1000, tokens + max(0, gained))
    milliseconds = now
    guard tokens >= 1000 else { return false }
    tokens -= 1000
    return true
  }
}
