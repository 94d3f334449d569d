/// The table of a ``PatternGraph``: a row for each set of places at which a text may be (the
/// powerset construction), as long as there are not too many.
struct PatternTable {
  private(set) var columns = [UInt8](repeating: 0, count: 256)
  private(set) var columnCount = 0
  private(set) var next: [UInt16] = []
  private(set) var isMatch: [Bool] = []
  private(set) var isMatchAtEnd: [Bool] = []

  private let graph: PatternGraph
  /// A byte of each column.
  private var samples: [UInt8] = []
  private var rows: [[Int]] = []
  private var rowOfPlaces: [[Int]: Int] = [:]  // looked up, never iterated
  /// Steps looked at, so that no text takes long to load.
  private var workCount = 0
  private static let workCountMax = 1_000_000
  /// By step, the number of the search that saw it last.
  private var seenBy: [Int]
  private var searchCount = 0

  /// `nil` where there would be too many rows.
  init?(_ graph: PatternGraph) {
    self.graph = graph
    seenBy = Array(repeating: 0, count: graph.steps.count)
    chooseColumns()
    addRow(closure(of: [graph.first], isStart: true), isStart: true)
    var number = 0
    while number < rows.count {
      for sample in samples {
        guard let row = row(of: successors(of: rows[number], by: sample)) else { return nil }
        next.append(UInt16(row))
      }
      number += 1
    }
  }

  /// Bytes that belong to the same sets share a column.
  private mutating func chooseColumns() {
    var numbers: [[Bool]: UInt8] = [:]  // looked up, never iterated
    for byte in 0...255 as ClosedRange<UInt8> {
      let membership = graph.sets.map { $0.contains(byte) }
      let known = numbers[membership]
      columns[Int(byte)] = known ?? UInt8(samples.count)
      guard known == nil else { continue }
      numbers[membership] = UInt8(samples.count)
      samples.append(byte)
    }
    columnCount = samples.count
  }

  private mutating func row(of places: [Int]) -> Int? {
    if let known = rowOfPlaces[places] { return known }
    guard rows.count < LinearPattern.stateCountMax, workCount < Self.workCountMax else {
      return nil
    }
    rowOfPlaces[places] = rows.count
    addRow(places, isStart: false)
    return rows.count - 1
  }

  /// The first row is one by itself: nothing else is at the start of the text.
  private mutating func addRow(_ places: [Int], isStart: Bool) {
    rows.append(places)
    isMatch.append(places.contains(where: isMatch(at:)))
    let atEnd = closure(of: places, isStart: isStart, isEnd: true)
    isMatchAtEnd.append(atEnd.contains(where: isMatch(at:)))
  }

  private func isMatch(at place: Int) -> Bool {
    if case .match = graph.steps[place] { true } else { false }
  }

  /// Where a text may be after one more byte; a match may begin at any.
  private mutating func successors(of places: [Int], by byte: UInt8) -> [Int] {
    var reached = [graph.first]
    for place in places {
      guard case .read(let set, let next) = graph.steps[place], graph.sets[set].contains(byte)
      else { continue }
      reached.append(next)
    }
    workCount += places.count
    return closure(of: reached, isStart: false)
  }

  /// All that is reached from `places` without reading, ascending.
  private mutating func closure(of places: [Int], isStart: Bool, isEnd: Bool = false) -> [Int] {
    searchCount += 1
    var reached: [Int] = []
    var open = places
    while let place = open.popLast() {
      guard seenBy[place] != searchCount else { continue }
      seenBy[place] = searchCount
      reached.append(place)
      workCount += 1
      switch graph.steps[place] {
      case .either(let one, let other): open += [one, other]
      case .start(let next) where isStart: open.append(next)
      case .end(let next) where isEnd: open.append(next)
      case .read, .start, .end, .match: break
      }
    }
    return reached.sorted()
  }
}
