extension Baseline {
  /// What all series of one definition share.
  public struct Shape: Hashable, Sendable {
    public let windowSeconds: Int64
    @usableFromInline let windowsPerHour: Double
    /// Windows in which an hour is seen once; a long window stands for its whole hours.
    var windowsPerVisit: Double { max(1, windowsPerHour) }
    /// What a whole hour's windows leave.
    let hourKeeps: Keeps
    private let windowKeeps: Keeps

    /// What some windows leave of what was learnt before them.
    struct Keeps: Hashable, Sendable {
      var rate: Double
      var recent: Double
      var pressure: Double
    }

    public init(windowSeconds: Int64) {
      precondition(windowSeconds > 0)
      self.windowSeconds = windowSeconds
      windowsPerHour = 3600 / Double(windowSeconds)
      windowKeeps = Self.keeps(afterSeconds: Double(windowSeconds))
      hourKeeps = Self.keeps(afterSeconds: Double(max(3600, windowSeconds)))
    }

    func keeps(_ windows: Int64) -> Keeps {
      if Double(windows) == windowsPerHour { return hourKeeps }
      return Keeps(
        rate: Arithmetic.power(windowKeeps.rate, windows),
        recent: Arithmetic.power(windowKeeps.recent, windows),
        pressure: Arithmetic.power(windowKeeps.pressure, windows))
    }

    private static func keeps(afterSeconds seconds: Double) -> Keeps {
      Keeps(
        rate: Arithmetic.exp(-0.6931471805599453 * seconds / rateHalfLife),
        recent: Arithmetic.exp(-seconds / 3600),
        pressure: Arithmetic.exp(-seconds / pressureSeconds))
    }

    /// Seconds after which what was learnt of level and scatter weighs half.
    private static let rateHalfLife = 14.0 * 86_400
    /// Over how long the share of clipped windows is taken.
    private static let pressureSeconds = 3.0 * 86_400
  }
}
