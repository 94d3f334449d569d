/// The nearest right word for a wrong one.
package enum Spelling {
  /// The candidate with the fewest edits, if those are few enough to be a slip; ties by order.
  package static func nearest(_ word: String, among candidates: [String]) -> String? {
    var best: (word: String, distance: Int)?
    for candidate in candidates {
      let distance = distance(Array(word.utf8), Array(candidate.utf8))
      if distance <= distanceMax(word), distance < best?.distance ?? .max {
        best = (candidate, distance)
      }
    }
    return best?.word
  }

  /// Of a short word two edits leave nothing.
  private static func distanceMax(_ word: String) -> Int {
    word.utf8.count < 5 ? 1 : max(2, word.utf8.count / 3)
  }

  /// Insertions, deletions and replacements that make one of the other; words are short.
  private static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
    guard a.count <= 64, b.count <= 64 else { return .max }
    var row = Array(0...b.count)
    for (index, byte) in a.enumerated() {
      var diagonal = row[0]
      row[0] = index + 1
      for column in b.indices {
        let replaced = diagonal + (byte == b[column] ? 0 : 1)
        diagonal = row[column + 1]
        row[column + 1] = min(replaced, row[column] + 1, diagonal + 1)
      }
    }
    return row[b.count]
  }
}
