/// The series below one parent that are too thin to judge, in a window that ended.
struct ThinChildren: Sendable {
  private(set) var count: Int64 = 0
  /// The one that sent most; the first one where several sent the same.
  private(set) var top: Entity
  private var topCount: Int64 = 0

  init(top: Entity) { self.top = top }

  mutating func add(_ entity: Entity, _ count: Int64) {
    self.count += count
    guard count > topCount else { return }
    topCount = count
    top = entity
  }
}
