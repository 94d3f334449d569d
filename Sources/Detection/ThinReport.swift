/// What a series too thin to judge hands up to the series that is judged in its place.
struct ThinReport {
  /// Index of the rule that could not judge it.
  var rule: Int
  /// The thin series that sent most.
  var entity: Entity
  /// The series whose parent is meant: the thin one, or a parent that was too thin itself.
  var parentOf: Entity
  var count: Int64
}

/// The thin series below one parent, in the window under way.
struct ThinChildren: Sendable {
  struct Place: Hashable, Sendable {
    var slot: UInt32
    var rule: Int
  }

  private(set) var count: Int64 = 0
  /// The one that sent most; the first seen where several sent the same.
  private(set) var top: Entity
  private var topCount: Int64 = 0

  init(top: Entity) { self.top = top }

  mutating func add(_ report: ThinReport) {
    count += report.count
    guard report.count > topCount else { return }
    topCount = report.count
    top = report.entity
  }
}
