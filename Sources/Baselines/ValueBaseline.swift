/// What the value of a series usually is, row by row, and how unusual each row is.
///
/// For measures that are not counts of requests: latencies, ratios, numbers that something else
/// counted. Rows may come at any spacing, with gaps and repeated. A row costs constant time and
/// a series constant memory; only rows before it are used to judge one.
///
/// A row is measured by three forecasts, each with a spread and a tail of its own: the level of
/// the last rows, the shape of the day, and the level once more on the scale of square roots, on
/// which counts vary alike by day and night. Their mean is a row's strength. What lies outside of
/// all that was ever seen counts more; what was just told, what comes every day at that time, and
/// what only returns to what was usual before a disturbance, count less.
///
/// The constants were chosen on public labelled series and are the same for all; the table in
/// `Documentation/QUALITY.md` tells what each part is worth.
public struct ValueBaseline: Sendable {
  /// What a row is judged as.
  public struct Judgement: Hashable, Sendable {
    /// From 0 to 1, to be compared with one threshold for all series.
    public var score = 0.0
    /// Standard deviations, as they would be if the series' tails were the usual ones; before
    /// what was just told is taken off.
    public var strength = 0.0
    /// Whether the row lies outside of all that was seen.
    public var isRecord = false
    /// What was expected; `nil` for the first row.
    public var expectation: Expectation?
  }

  /// What was expected, and between what 996 of 1,000 rows lie.
  public struct Expectation: Hashable, Sendable {
    public var low: Double
    public var value: Double
    public var high: Double
  }

  /// What can be left out to measure what it is worth.
  public struct Parts: OptionSet, Sendable {
    public let rawValue: UInt16
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    public static let forecast = Parts(rawValue: 1)
    public static let shape = Parts(rawValue: 2)
    public static let root = Parts(rawValue: 4)
    public static let tails = Parts(rawValue: 8)
    public static let clipping = Parts(rawValue: 16)
    public static let records = Parts(rawValue: 32)
    public static let memory = Parts(rawValue: 64)
    public static let gaps = Parts(rawValue: 128)
    public static let daily = Parts(rawValue: 256)
    public static let returns = Parts(rawValue: 512)
    public static let all = Parts(rawValue: .max)

    public static let names: [(name: String, part: Parts)] = [
      ("forecast", .forecast), ("shape", .shape), ("root", .root), ("tails", .tails),
      ("clipping", .clipping), ("records", .records), ("memory", .memory), ("gaps", .gaps),
      ("daily", .daily), ("returns", .returns),
    ]
  }

  /// Larger values are judged as this one; their squares must stay finite.
  static let valueMax = 1e18
  /// A spread below this share of the level is not believed.
  static let shareMin = 0.02
  /// Beyond it, stronger is not stranger; and what follows must not be hidden for days.
  private static let strengthMax = 100.0
  /// Rows that are learnt from before any is judged.
  static let learningRowCount: UInt32 = 60

  private var spacing: RowSpacing
  private var rowCount: UInt32 = 0
  private var newestSeconds = -Double.infinity
  private(set) var largest = 0.0

  private(set) var level = 0.0
  private(set) var slowLevel = 0.0
  private(set) var offset = 0.0
  private(set) var last = 0.0
  private(set) var beforeLast = 0.0

  private(set) var forecast = LocalForecast()
  private(set) var shape: DailyShape
  /// Of the forecast, of the shape, of the root, and of the level alone, which has no tails.
  private(set) var ofForecast = Deviation()
  private(set) var ofShape = Deviation()
  private(set) var ofRoot = Deviation()
  private(set) var levelVariance = 0.0

  private(set) var values = RecordRange()
  private var drift = 0.0
  private var drifts = RecordRange()
  private var memory = AlarmMemory()
  private var usualBefore = UsualBefore()
  private var dailyStrength = DailyStrength()

  /// `spacingSeconds` is how far apart rows are; `nil` where the rows shall tell.
  public init(spacingSeconds: Double? = nil) {
    spacing = RowSpacing(seconds: spacingSeconds)
    shape = DailyShape(spacingSeconds: spacing.seconds)
  }

  /// Judges a row by those before it, then learns from it.
  ///
  /// A value that is missing (`nil`, or not finite) is judged as 0 and not learnt from. A row
  /// older than the newest is judged by what is known now, and not learnt from either.
  public mutating func observe(
    _ value: Double?, at seconds: Double, parts: Parts = .all
  ) -> Judgement {
    precondition(seconds.isFinite)
    guard seconds >= newestSeconds else { return judgedLate(value, at: seconds, parts: parts) }
    if rowCount > 0 {
      spacing.learn(gapSeconds: seconds - newestSeconds)
      if rowCount < 2 * Self.learningRowCount { shape.fit(spacingSeconds: spacing.seconds) }
    }
    newestSeconds = seconds
    return judge(value, at: seconds, parts: parts)
  }

  private func judgedLate(_ value: Double?, at seconds: Double, parts: Parts) -> Judgement {
    var copy = self
    return copy.judge(value, at: seconds, parts: parts)
  }

  private mutating func judge(_ value: Double?, at seconds: Double, parts: Parts) -> Judgement {
    let place = shape.place(at: seconds)
    guard let value, value.isFinite else {
      return Judgement(
        expectation: rowCount == 0
          ? nil : ValueRow(level, at: place, of: self, parts).expectation(self))
    }
    let bounded = min(max(value, -Self.valueMax), Self.valueMax)
    if rowCount == 0 { start(at: bounded) }
    let row = ValueRow(bounded, at: place, of: self, parts)
    var judgement = Judgement(expectation: rowCount == 0 ? nil : row.expectation(self))
    if !isYoung { judgement.strength = strength(of: row) }
    learnErrors(row)
    weighNovelty(row, into: &judgement)
    learnLevels(row)
    return judgement
  }

  /// How far the row is out of the usual, less what is no news of it.
  private mutating func strength(of row: ValueRow) -> Double {
    var strength = min(row.strength(self), Self.strengthMax)
    if row.parts.contains(.returns) {
      if usualBefore.isBack(row, self) { strength = min(strength, UsualBefore.sizeMax) }
      usualBefore.note(strength, level: level, offset: offset)
    }
    guard row.parts.contains(.daily) else { return strength }
    return dailyStrength.weigh(strength, at: row.place)
  }

  private mutating func start(at value: Double) {
    (level, slowLevel, last, beforeLast) = (value, value, value, value)
  }
}

// MARK: - Novelty

extension ValueBaseline {
  /// What a record adds to a row's strength.
  private static let recordWorth = 20.0
  /// From here on records are worth less and less, and in the end nothing: what drifts for long
  /// enough sets records without end.
  private static let recordRowCount = 14_000.0
  private static let recordRowCountMax = 20_000.0
  /// The strength that a row of a series of the latter age must have for a record to count; of
  /// younger ones in proportion.
  private static let recordStrength = 4.0
  private static let driftGain = 0.14
  private static let driftMargin = 0.02
  /// Rows before records are spoken of.
  private static let recordRowCountMin = 100

  private mutating func weighNovelty(_ row: ValueRow, into judgement: inout Judgement) {
    let isDrifting = learnDrift(row)
    let isBeyond = values.isExceeded(by: row.value)
    values.learn(row.value)
    judgement.isRecord = (isDrifting || isBeyond) && rowCount > Self.recordRowCountMin
    guard !isYoung else { return }
    if judgement.isRecord, row.parts.contains(.records) {
      judgement.strength += recordWorth(of: judgement.strength)
    }
    let told = row.parts.contains(.memory) ? memory.weigh(judgement.strength) : judgement.strength
    judgement.score = told / (told + 10)
  }

  private func recordWorth(of strength: Double) -> Double {
    let age = Double(rowCount)
    let young = (Self.recordRowCountMax - age) / (Self.recordRowCountMax - Self.recordRowCount)
    let share = strength / (Self.recordStrength * age / Self.recordRowCountMax)
    let squared = min(1, share * share)
    return Self.recordWorth * squared * squared * min(1, max(0, young))
  }

  /// Whether the mean of the last rows' deviations from the shape of the day is a record.
  private mutating func learnDrift(_ row: ValueRow) -> Bool {
    let reach = 6 * row.fromShape.spread
    drift += Self.driftGain * (Self.clipped(row.fromShape.error, reach) - drift)
    guard rowCount > 20 else { return false }
    let isRecord = drifts.isExceeded(by: drift, margin: Self.driftMargin)
    drifts.learn(drift)
    return isRecord
  }
}

// MARK: - Learning

extension ValueBaseline {
  /// What a row counts at least in a level and in the slow one.
  private static let levelGain = 0.2
  private static let slowGain = 0.02
  /// Spreads remember ten days, and no fewer rows than 100.
  private static let memorySeconds = 10 * 86_400.0
  private static let varianceGainMax = 0.01
  /// A level follows a row by this many standard deviations at most.
  private static let reach = 4.0
  private static let offsetGain = 0.05
  /// A slot of the day follows a minute by a two hundredth.
  private static let shapeGainPerMinute = 0.005
  private static let shapeGainMax = 0.5

  private var isYoung: Bool { rowCount <= Self.learningRowCount }

  /// What the next row counts: as in a plain mean, and never less than `least`.
  private func gain(atLeast least: Double) -> Double { max(least, 1 / (Double(rowCount) + 1)) }

  /// Learns how far off the forecasts were.
  private mutating func learnErrors(_ row: ValueRow) {
    let least = min(Self.varianceGainMax, Double(spacing.seconds) / Self.memorySeconds)
    let gain = isFilledIn(row) ? 0 : gain(atLeast: least)
    let isClipped = !isYoung && row.parts.contains(.clipping)
    let side = row.fromLevel.error >= 0
    let levelReach = Deviation.reach(row.fromLevel, stretch: ofForecast.stretch(isAbove: side))
    let levelError = row.fromLevel.error
    let clipped = isClipped ? min(max(levelError, -levelReach), levelReach) : levelError
    levelVariance += gain * (clipped * clipped - levelVariance)

    if !isYoung, row.parts.contains(.tails) {
      let gain = TailQuantile.gain(rowCount: rowCount)
      ofForecast.learnTails(
        row.fromForecast.error, spread: row.fromForecast.spread, gain: gain)
      ofShape.learnTails(row.fromShape.error, spread: row.hourSpread, gain: gain)
      ofRoot.learnTails(row.fromRoot.error, spread: row.fromRoot.spread, gain: gain)
    }
    ofForecast.learnVariance(row.fromForecast, isClipped: isClipped, gain: gain)
    if row.hasShape, gain > 0 {
      let reach = 2 * Deviation.reach(row.fromShape, stretch: 1)
      shape.learnSpread(min(max(row.fromShape.error, -reach), reach), at: row.place)
    }
    ofShape.learnVariance(row.fromShape, isClipped: isClipped, gain: gain)
    ofRoot.learnVariance(row.fromRoot, isClipped: isClipped, gain: gain)
    forecast.learn(row.inputs, error: row.fromForecast.error / row.fromLevel.spread)
  }

  /// Values on a straight line were filled in by whoever stored them, and tell of no spread.
  private func isFilledIn(_ row: ValueRow) -> Bool {
    guard row.parts.contains(.gaps), row.value != last else { return false }
    let bend = (row.value - 2 * last + beforeLast).magnitude
    return bend < 1e-7 * (row.value.magnitude + last.magnitude)
  }

  private mutating func learnLevels(_ row: ValueRow) {
    let isClipped = !isYoung && row.parts.contains(.clipping)
    let spread = max(levelVariance.squareRoot(), row.spreadMin)
    let reach = isClipped ? Self.reach * spread : .infinity
    level += gain(atLeast: Self.levelGain) * Self.clipped(row.fromLevel.error, reach)
    slowLevel += gain(atLeast: Self.slowGain) * Self.clipped(row.value - slowLevel, 1.5 * reach)
    beforeLast = last
    last = row.value
    largest = max(largest, row.value.magnitude)
    learnShape(row, isClipped: isClipped)
    if rowCount < .max { rowCount += 1 }
  }

  private mutating func learnShape(_ row: ValueRow, isClipped: Bool) {
    let spread = max(ofShape.variance.squareRoot(), row.spreadMin)
    let reach = isClipped ? Self.reach * spread : .infinity
    if row.hasShape, !isYoung {
      offset += Self.offsetGain * Self.clipped(row.fromShape.error, reach)
    }
    let gain = Self.shapeGainPerMinute * Double(spacing.seconds) / 60
    shape.learn(
      row.value, at: row.place, gainMin: row.hasShape ? min(gain, Self.shapeGainMax) : 0,
      reachMax: row.hasShape ? 4 * reach : .infinity)
  }

  private static func clipped(_ error: Double, _ reach: Double) -> Double {
    min(max(error, -reach), reach)
  }
}
