import AccessLog

/// The marks that were set, by time; where there are too many, the oldest are forgotten.
struct MarkLedger: Sendable {
  static let markCountMax = 1000

  var marks: [Mark] = []
  /// Those that were forgotten.
  var droppedCount = 0

  /// One that is known already changes nothing, so that it may be told twice.
  mutating func add(_ mark: Mark) {
    guard !marks.contains(mark) else { return }
    let order = { (mark: Mark) in (mark.time, mark.name) }
    marks.insert(mark, at: marks.firstIndex { order($0) > order(mark) } ?? marks.endIndex)
    guard marks.count > Self.markCountMax else { return }
    marks.removeFirst()
    droppedCount += 1
  }

  /// When the last mark of that name was set, `time` included; milliseconds.
  func last(named name: String, through time: Int64) -> Int64? {
    marks.last { $0.name == name && $0.time.milliseconds <= time }?.time.milliseconds
  }
}
