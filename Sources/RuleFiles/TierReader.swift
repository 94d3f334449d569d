import Detection

/// Reads what a tier allows: `{rate_per_second: 5, burst: 10, limiter: bucket}`.
enum TierReader {
  /// Periods by the end of their key, in seconds; a month has 30 days.
  static let periods: [(key: String, seconds: Int, words: String)] = [
    ("rate_per_second", 1, "a second"), ("rate_per_minute", 60, "a minute"),
    ("rate_per_hour", 3600, "an hour"), ("rate_per_day", 86_400, "a day"),
    ("rate_per_month", 2_592_000, "a month of the calendar"),
  ]
  static let rates = 0.001...1_000_000_000_000
  static let bursts = 0...1_000_000_000_000.0

  static func tier(name: String, _ fields: inout FieldReader) -> KeyRegistry.Tier {
    var limits: [KeyRegistry.RateLimit] = []
    for period in periods where fields.node(period.key) != nil {
      let count = fields.number(period.key, in: rates, default: 1)
      limits.append(KeyRegistry.RateLimit(count: count, periodSeconds: period.seconds))
    }
    let burst = fields.number("burst", in: bursts, default: 0)
    let words = KeyRegistry.Limiter.allCases.map(\.rawValue)
    let limiter = fields.word(
      "limiter", oneOf: words, default: KeyRegistry.Limiter.bucket.rawValue)
    return KeyRegistry.Tier(
      name: name, limits: limits, burst: burst,
      limiter: KeyRegistry.Limiter(rawValue: limiter) ?? .bucket)
  }
}
