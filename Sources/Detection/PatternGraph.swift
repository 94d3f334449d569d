/// A regular expression as a graph: places, and what leads from one to the next (Thompson's
/// construction).
struct PatternGraph {
  enum Step {
    /// A byte of the set is read.
    case read(Int, then: Int)
    /// Both ways are open.
    case either(Int, Int)
    /// At the start of the text, or at its end, alone.
    case start(then: Int)
    case end(then: Int)
    case match
  }

  static let stepCountMax = 4000

  private(set) var steps: [Step] = []
  private(set) var sets: [ByteSet] = []
  private(set) var first = 0
  /// Parts that were built; empty ones make no step, and must end all the same.
  private var workCount = 0
  private static let workCountMax = 100_000

  /// `nil` where it would be too large.
  init?(_ pattern: PatternParser.Pattern) {
    let match = add(.match)
    guard let match, let first = build(pattern, then: match) else { return nil }
    self.first = first
  }

  private mutating func add(_ step: Step) -> Int? {
    guard steps.count < Self.stepCountMax else { return nil }
    steps.append(step)
    return steps.count - 1
  }

  /// Builds what stands before `next`, and gives where it begins.
  private mutating func build(_ pattern: PatternParser.Pattern, then next: Int) -> Int? {
    workCount += 1
    guard workCount < Self.workCountMax else { return nil }
    switch pattern {
    case .bytes(let set): return add(.read(number(of: set), then: next))
    case .start: return add(.start(then: next))
    case .end: return add(.end(then: next))
    case .sequence(let parts):
      var place = next
      for part in parts.reversed() {
        guard let before = build(part, then: place) else { return nil }
        place = before
      }
      return place
    case .choice(let parts): return buildChoice(parts, then: next)
    case .repeated(let inner, let from, let through):
      return buildRepetition(of: inner, from, through, then: next)
    }
  }

  private mutating func number(of set: ByteSet) -> Int {
    if let known = sets.firstIndex(of: set) { return known }
    sets.append(set)
    return sets.count - 1
  }

  private mutating func buildChoice(_ parts: [PatternParser.Pattern], then next: Int) -> Int? {
    var place: Int?
    for part in parts.reversed() {
      guard let one = build(part, then: next) else { return nil }
      guard let other = place else {
        place = one
        continue
      }
      guard let both = add(.either(one, other)) else { return nil }
      place = both
    }
    return place
  }

  private mutating func buildRepetition(
    of inner: PatternParser.Pattern, _ from: Int, _ through: Int?, then next: Int
  ) -> Int? {
    var place = next
    if let through {
      for _ in from..<through {
        guard let one = build(inner, then: place), let both = add(.either(one, next)) else {
          return nil
        }
        place = both
      }
    } else {
      // The way round is closed once it is known where it begins.
      guard let round = add(.either(next, next)), let one = build(inner, then: round) else {
        return nil
      }
      steps[round] = .either(one, next)
      place = round
    }
    for _ in 0..<from {
      guard let one = build(inner, then: place) else { return nil }
      place = one
    }
    return place
  }
}
