/// What a series does at each time of day, and how much it varies there.
///
/// Levels are kept for quarters of an hour, or for every row where rows are rarer, and are read
/// by linear interpolation between the middles of slots; without it, a steep morning would look
/// like an alarm at the end of every slot.
struct DailyShape: Sendable {
  static let slotCountMax = 96
  private static let hourCount = 24

  /// How many slots a day has here; below 4 there is no shape to speak of.
  private(set) var slotCount: Int8
  private var levels = InlineArray<96, Float>(repeating: 0)
  private var visitCounts = InlineArray<96, UInt8>(repeating: 0)
  /// Standard deviations by hour of day.
  private var spreads = InlineArray<24, Float>(repeating: 0)
  private var spreadCounts = InlineArray<24, UInt16>(repeating: 0)

  init(spacingSeconds: Float) { slotCount = Self.slotCount(spacingSeconds) }

  private static func slotCount(_ spacingSeconds: Float) -> Int8 {
    Int8(min(Float(slotCountMax), max(1, (86_400 / spacingSeconds + 1e-3).rounded(.down))))
  }

  /// Begins anew where rows turn out to be much closer or farther than they seemed.
  mutating func fit(spacingSeconds: Float) {
    let wanted = Self.slotCount(spacingSeconds)
    guard 2 * Int(wanted) <= Int(slotCount) || Int(wanted) >= 2 * Int(slotCount) else { return }
    self = DailyShape(spacingSeconds: spacingSeconds)
  }

  /// A time of day, as this shape divides it.
  struct Place {
    var slot: Int
    /// How far into the slot, from 0 to 1.
    var fraction: Double
    var before: Int
    var after: Int
    var hour: Int
    /// From 0 to 47.
    var halfHour: Int
  }

  func place(at seconds: Double) -> Place {
    let rest = seconds - (seconds / 86_400).rounded(.down) * 86_400
    let count = Int(slotCount)
    // Whole where a slot begins: rows on the quarter of an hour must not fall to either side.
    let position = rest * Double(count) / 86_400
    let slot = min(Int(position), count - 1)
    return Place(
      slot: slot, fraction: position - Double(slot),
      before: (slot + count - 1) % count, after: (slot + 1) % count,
      hour: min(Int(rest / 3_600), Self.hourCount - 1),
      halfHour: min(Int(rest / 1_800), 2 * Self.hourCount - 1))
  }

  /// The usual level; `nil` until the slot and both of its neighbours were visited.
  func level(_ place: Place) -> Double? {
    guard slotCount >= 4, visitCounts[place.slot] > 0, visitCounts[place.before] > 0,
      visitCounts[place.after] > 0
    else { return nil }
    let own = Double(levels[place.slot])
    if place.fraction >= 0.5 {
      return own * (1.5 - place.fraction) + Double(levels[place.after]) * (place.fraction - 0.5)
    }
    return own * (0.5 + place.fraction) + Double(levels[place.before]) * (0.5 - place.fraction)
  }

  /// Learns a row. The first visits of a slot are averaged; `reachMax` bounds what one row may
  /// move it by, and `gainMin` is what it counts at least.
  mutating func learn(_ value: Double, at place: Place, gainMin: Double, reachMax: Double) {
    let level = Double(levels[place.slot])
    let difference = min(max(value - level, -reachMax), reachMax)
    let gain = max(gainMin, 1 / (Double(visitCounts[place.slot]) + 1))
    levels[place.slot] = Float(level + gain * difference)
    if visitCounts[place.slot] < .max { visitCounts[place.slot] += 1 }
  }

  // MARK: - Spread

  /// Rows of the whole day's variance that an hour's own variance is mixed with.
  private static let priorCount = 300.0
  private static let spreadCountMax: UInt16 = 5_000
  private static let spreadGainMin = 0.004

  /// The variance at this hour, leaning on that of the whole day while the hour is little known.
  func variance(_ place: Place, wholeDay: Double) -> Double {
    let count = Double(spreadCounts[place.hour])
    let spread = Double(spreads[place.hour])
    return (count * spread * spread + Self.priorCount * wholeDay) / (count + Self.priorCount)
  }

  mutating func learnSpread(_ deviation: Double, at place: Place) {
    let old = Double(spreads[place.hour])
    let gain = max(Self.spreadGainMin, 1 / (Double(spreadCounts[place.hour]) + 1))
    let variance = old * old + gain * (deviation * deviation - old * old)
    spreads[place.hour] = Float(variance.squareRoot())
    spreadCounts[place.hour] = min(spreadCounts[place.hour] + 1, Self.spreadCountMax)
  }
}
