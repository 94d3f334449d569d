/// Where the sources of a snapshot stand among today's.
package struct SourceChange: Hashable, Sendable {
  /// Of each saved source; `nil` where it is declared no more.
  let places: [Int?]
  /// Of each source of today; `nil` for a new one.
  private let origins: [Int?]

  init(from saved: [String], to now: [String]) {
    places = SnapshotHead.places(of: saved, in: now)
    origins = SnapshotHead.places(of: now, in: saved)
  }

  var savedCount: Int { places.count }
  var isNone: Bool { places == places.indices.map { $0 } && origins.count == places.count }

  func place(_ saved: Int) -> Int? { places.indices.contains(saved) ? places[saved] : nil }
  func isNew(_ source: Int) -> Bool { origins[source] == nil }

  /// What was saved of each source, or what is said in `fresh` of a new one.
  package func arranged<Value>(_ saved: [Value], fresh: [Value]) -> [Value] {
    zip(origins, fresh).map { origin, fresh in
      origin.flatMap { saved.indices.contains($0) ? saved[$0] : nil } ?? fresh
    }
  }

  /// So many of `values` as there were sources, to read into.
  package func room<Value>(for values: [Value], blank: Value) -> [Value] {
    places.map { $0.map { values[$0] } ?? blank }
  }
}
