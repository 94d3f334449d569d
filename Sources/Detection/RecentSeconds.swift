/// What a key did in the last seconds in which it spoke, the oldest first.
///
/// Few seconds stand in the value itself, because most keys have no more within a minute; with
/// more of them, all stand in an array, until it is empty again.
struct RecentSeconds: Sendable {
  struct Cell: Hashable, Sendable {
    var second: Int64 = 0
    var attempted: Int32 = 0
    var denied: Int32 = 0
    /// The most of the denials that may have been right.
    var lawfulDenials = 0.0
  }

  private static let fewMax = 3

  var few: [3 of Cell] = InlineArray(repeating: Cell())
  var fewCount = 0
  var many: [Cell] = []
  /// Those of `many` before it are forgotten.
  var manyStart = 0

  var count: Int { many.isEmpty ? fewCount : many.count - manyStart }

  var firstSecond: Int64? {
    if !many.isEmpty { return many[manyStart].second }
    return fewCount > 0 ? few[0].second : nil
  }

  subscript(_ index: Int) -> Cell { many.isEmpty ? few[index] : many[manyStart + index] }

  mutating func append(_ cell: Cell) {
    if many.isEmpty, fewCount < Self.fewMax {
      few[fewCount] = cell
      fewCount += 1
      return
    }
    if many.isEmpty {
      for index in 0..<fewCount { many.append(few[index]) }
      fewCount = 0
    }
    many.append(cell)
  }

  /// Forgets the oldest, and returns it.
  mutating func removeFirst() -> Cell {
    guard !many.isEmpty else {
      let first = few[0]
      for index in 1..<Self.fewMax { few[index - 1] = few[index] }
      fewCount -= 1
      return first
    }
    let first = many[manyStart]
    manyStart += 1
    // Moving the rest to the front pays once as many are gone.
    if manyStart * 2 > many.count {
      many.removeFirst(manyStart)
      manyStart = 0
    }
    return first
  }

  mutating func removeAll() { self = RecentSeconds() }
}
