/// When a request happened, by the gateway's own clock: milliseconds since the Unix epoch, UTC.
///
/// The core knows no other time. A live run and a replay of the same logs therefore see the
/// same instants, and reach the same alerts.
public struct EventTime: Hashable, Comparable, Sendable {
  public var milliseconds: Int64

  public init(milliseconds: Int64) { self.milliseconds = milliseconds }

  public init(seconds: Int64) { milliseconds = seconds * 1000 }

  /// Whole seconds since the epoch, rounded down also before 1970.
  public var seconds: Int64 { milliseconds.floorDivided(by: 1000) }

  public static func < (a: Self, b: Self) -> Bool { a.milliseconds < b.milliseconds }
}

extension Int64 {
  /// Division that rounds towards minus infinity, as time needs before 1970.
  package func floorDivided(by divisor: Int64) -> Int64 {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? quotient - 1 : quotient
  }
}
