/// A line of a registry as faults show it: what the registry's language says of it, and `***` for
/// all else, because any word may be a key that stands in the wrong place.
struct MaskedLine {
  private(set) var text = ""
  private let starts: [(source: Int, shown: Int)]

  /// Names of the language; none of them tells anything.
  private static let words: Set = [
    "fingerprint_key_id", "tiers", "suppliers", "keys", "apis", "key", "name", "supplier", "tier",
    "application",
    "environment", "expires", "replaces", "valid_from", "valid_to", "scopes", "addresses",
    "methods", "labels", "routes", "versions", "deprecated", "sunset", "timezone",
    "expected_hours", "contact", "peers", "burst", "limiter", "rate_per_second",
    "rate_per_minute", "rate_per_hour", "rate_per_day", "rate_per_month",
  ]

  /// - Parameter line: one line, without its end.
  init(_ line: String) {
    let scalars = Array(line.unicodeScalars)
    var starts: [(source: Int, shown: Int)] = []
    var shown = ""
    var shownCount = 0
    var at = 0
    while at < scalars.count {
      var end = at
      while end < scalars.count, !Self.isMark(scalars, end) { end += 1 }
      starts.append((at, shownCount))
      if end == at {
        shown.unicodeScalars.append(scalars[at])
        shownCount += 1
        at += 1
      } else {
        var word = String.UnicodeScalarView()
        word.append(contentsOf: scalars[at..<end])
        let plain = Self.words.contains(String(word)) ? String(word) : "***"
        shown += plain
        shownCount += plain.unicodeScalars.count
        at = end
      }
    }
    text = shown
    self.starts = starts
  }

  /// Where the place at `column` of the line stands in ``text``; both count from 1.
  func column(of column: Int) -> Int {
    guard let last = starts.last(where: { $0.source < column }) else { return 1 }
    return last.shown + 1
  }

  /// What separates words; a dash does at the beginning of an item alone.
  private static func isMark(_ scalars: [Unicode.Scalar], _ at: Int) -> Bool {
    switch scalars[at] {
    case " ", "\t", ",", ":", "{", "}", "[", "]", "\"", "'", ";", "|", "#": return true
    case "-": return at + 1 < scalars.count && scalars[at + 1] == " "
    default: return false
    }
  }
}
