import Foundation

/// Which segment of each source is the first whose position the database has, where it has forgotten
/// older ones.
struct FirstSegments: Hashable {
  /// Under which the database has it.
  static let key = "first_segments"

  /// By the name of the source.
  var numbers: [String: Int]

  init(numbers: [String: Int] = [:]) { self.numbers = numbers }

  /// As the database has it.
  init(json: String?) {
    numbers =
      json.flatMap { try? JSONDecoder().decode([String: Int].self, from: Data($0.utf8)) } ?? [:]
  }

  var json: String { SortedJSON.text(numbers) }

  /// Of `positions`, which begin with the first that is known, those from `segment` on; nil where
  /// that is forgotten.
  func positions<Position>(
    _ positions: [Position], of source: String, from segment: Int
  ) -> ArraySlice<Position>? {
    let first = numbers[source] ?? 0
    return segment < first ? nil : positions.dropFirst(segment - first)
  }
}
