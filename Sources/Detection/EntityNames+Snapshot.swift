import Baselines

extension EntityNames {
  /// - Parameter table: the rules' names, or those of usage.
  mutating func code(_ table: Int, in book: inout SnapshotBook) {
    routes.code(3 * table, in: &book)
    versions.code(3 * table + 1, in: &book)
    networks.code(3 * table + 2, in: &book)
  }
}
