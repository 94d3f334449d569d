/// Finds the word that somebody meant.
package enum NearestWord {
  /// Words longer than this are not compared.
  private static let lengthMax = 64
  private static let halfLengthMin = 4

  /// The nearest of `words` that is near enough to be meant; of equals the first.
  package static func nearest<Words: Sequence<String>>(
    to word: String, among words: Words
  ) -> String? {
    let typed = Array(word.lowercased().utf8)
    guard !typed.isEmpty, typed.count <= lengthMax else { return nil }
    var best: (word: String, distance: Int)?
    var longer: [String] = []
    for candidate in words where candidate != word && candidate.utf8.count <= lengthMax {
      let distance = distance(typed, Array(candidate.lowercased().utf8))
      if candidate.utf8.count > typed.count + 1, candidate.lowercased().hasPrefix(word.lowercased())
      {
        longer.append(candidate)
      }
      if distance < best?.distance ?? .max { best = (candidate, distance) }
    }
    guard let best, best.distance <= max(1, min(typed.count, best.word.utf8.count) * 2 / 5) else {
      // Half of a name, as `client` of `client_ip`, where it is half of one name only.
      return typed.count >= halfLengthMin && longer.count == 1 ? longer[0] : nil
    }
    return best.word
  }

  /// Insertions, deletions, replacements and swaps of neighbours (optimal string alignment).
  package static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
    var beforeLast: [Int] = []
    var last = Array(0...b.count)
    for i in a.indices {
      var row = [i + 1]
      for j in b.indices {
        var cost = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
          cost = min(cost, beforeLast[j - 1] + 1)
        }
        row.append(cost)
      }
      (beforeLast, last) = (last, row)
    }
    return last[b.count]
  }
}
