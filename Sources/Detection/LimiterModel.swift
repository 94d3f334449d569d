/// What a gateway that enforces a tier rightly may let through and may deny, as far as a log
/// with stamps of a second can tell.
///
/// Where in its second a request fell, and where the gateway's own windows begin, is unknown;
/// every bound here is the one most favourable to the key, or to the gateway.
struct LimiterModel: Hashable, Sendable {
  private let limits: [KeyRegistry.RateLimit]
  private let limiter: KeyRegistry.Limiter
  private let burst: Double

  /// Limits over more than a minute are counted in calendar periods, apart from the windows.
  private static let shortPeriodSeconds = 60

  init(_ tier: KeyRegistry.Tier) {
    limits = Array(
      tier.limits.filter { $0.periodSeconds <= Self.shortPeriodSeconds }
        .prefix(Self.limitCountMax))
    limiter = tier.limiter
    burst = tier.burst
  }

  var isEmpty: Bool { limits.isEmpty }

  /// What the tier allows in `seconds`, without burst.
  func nominal(in seconds: Int64) -> Double {
    limits.map { nominal($0, in: seconds) }.min() ?? .infinity
  }

  /// The most that an obedient key can send within `seconds`.
  func lawfulMax(in seconds: Int64) -> Double {
    limits.map { lawfulMax($0, in: seconds) }.min() ?? .infinity
  }

  /// The most attempts within `seconds` that are not beyond the tier by `overshoot`. In a short
  /// window the lawful bursts are the measure. In a minute stamps blur nothing any more, and a
  /// limit by the minute must not pass for twice itself.
  func attemptsMax(in seconds: Int64, overshoot: Double) -> Double {
    let lawful = lawfulMax(in: seconds)
    guard seconds >= Int64(Self.shortPeriodSeconds) else { return overshoot * lawful }
    return max(overshoot * nominal(in: seconds), min(overshoot, Self.slack) * lawful)
  }

  private static let slack = 1.25

  /// More than this through the gateway, and it does not enforce the tier: twice limit and burst.
  func leakMin(in seconds: Int64) -> Double {
    max(2 * (nominal(in: seconds) + burst), lawfulMax(in: seconds))
  }

  private func nominal(_ limit: KeyRegistry.RateLimit, in seconds: Int64) -> Double {
    limit.count * max(1, Double(seconds) / Double(limit.periodSeconds))
  }

  private func lawfulMax(_ limit: KeyRegistry.RateLimit, in seconds: Int64) -> Double {
    let share = Double(seconds) / Double(limit.periodSeconds)
    return switch limiter {
    // The last moment of one window and the first of the next: one window more than fits.
    case .fixed: limit.count * (max(1, share).rounded(.up) + 1)
    case .sliding: limit.count * max(1, share).rounded(.up)
    case .bucket: capacity(of: limit) + limit.count * share
    }
  }

  private func capacity(of limit: KeyRegistry.RateLimit) -> Double { max(burst, limit.count) }

  // MARK: - denials

  /// At most one limit a second and one a minute.
  static let limitCountMax = 2

  /// What the model must remember of a key to bound what may be denied: the fewest tokens that
  /// each limit's bucket can hold at the start of `second`.
  struct State: Hashable, Sendable {
    var tokens0: Double
    var tokens1: Double
    var second: Int64
  }

  func initialState(at second: Int64) -> State {
    State(
      tokens0: limits.count > 0 ? capacity(of: limits[0]) : 0,
      tokens1: limits.count > 1 ? capacity(of: limits[1]) : 0, second: second)
  }

  /// The buckets of the limits, as plain numbers: every request of a key asks them.
  struct Buckets: Hashable, Sendable {
    fileprivate struct Bucket: Hashable, Sendable {
      var capacity: Double
      /// Tokens a second.
      var rate: Double
    }

    fileprivate var first: Bucket?
    fileprivate var second: Bucket?

    /// The most that may rightly be denied of `attempted` requests in `second` by a bucket: all
    /// of them may come before it refills within the second. All may come after it as well, and
    /// what is left for the second after is least.
    func denials(of attempted: Double, in second: Int64, state: inout State) -> Double {
      let elapsed = Double(max(0, second - state.second))
      state.second = second + 1
      var most = 0.0
      if let first { most = Self.denials(first, attempted, elapsed, &state.tokens0) }
      if let second = self.second {
        most = max(most, Self.denials(second, attempted, elapsed, &state.tokens1))
      }
      return min(attempted, max(0, most))
    }

    private static func denials(
      _ bucket: Bucket, _ attempted: Double, _ elapsed: Double, _ tokens: inout Double
    ) -> Double {
      let available = min(bucket.capacity, tokens + bucket.rate * elapsed)
      tokens = max(0, min(bucket.capacity, available + bucket.rate) - attempted)
      return attempted - available.rounded(.down)
    }
  }

  var buckets: Buckets {
    func bucket(_ index: Int) -> Buckets.Bucket? {
      guard index < limits.count else { return nil }
      return Buckets.Bucket(
        capacity: capacity(of: limits[index]),
        rate: limits[index].count / Double(limits[index].periodSeconds))
    }
    return Buckets(first: bucket(0), second: bucket(1))
  }

  var isBucket: Bool { limiter == .bucket }

  /// The same for windows, fixed or sliding: the gateway's window may begin anywhere, so one
  /// second more than the period is in reach. `attemptsWithin` counts the last seconds.
  func windowDenials(of attempted: Double, attemptsWithin: (Int64) -> Double) -> Double {
    var most = 0.0
    for limit in limits {
      most = max(most, attemptsWithin(Int64(limit.periodSeconds) + 1) - limit.count)
    }
    return min(attempted, max(0, most))
  }
}
