import Foundation
import Ingest

/// Files that one writer wrote, by their names: `shop.log`, `shop.log.1` and `shop.log.2.gz` are
/// one log, `blog.log` another. What names differ in besides rotation numbers and dates is
/// another site or host, whose lines were written side by side.
struct LogFamilies {
  struct Family {
    /// Short, and no other family's.
    var name: String
    var segments: [Segment]
  }

  /// Where names differ as much as this, they tell nothing: all files are one family.
  static let familyCountMax = 32
  /// The name of a family that is alone.
  static let onlyName = "default"

  /// By name.
  private(set) var families: [Family] = []

  init(_ segments: [Segment]) {
    let groups = Dictionary(grouping: segments) { Self.stem(of: $0.path) }
    guard groups.count > 1, groups.count <= Self.familyCountMax else {
      families = segments.isEmpty ? [] : [Family(name: Self.onlyName, segments: segments)]
      return
    }
    let stems = groups.keys.sorted()
    for (stem, name) in zip(stems, Self.names(for: stems)) {
      families.append(Family(name: name, segments: groups[stem] ?? []))
    }
  }

  /// The path without compression endings, rotation numbers and dates.
  static func stem(of path: String) -> String {
    var parts = path.split(separator: ".", omittingEmptySubsequences: false)
    while parts.count > 1, let last = parts.last, compressions.contains(last) || isNumber(last) {
      parts.removeLast()
    }
    if parts.count > 2, parts.last == "log", isNumber(parts[parts.count - 2]) {
      parts.remove(at: parts.count - 2)
    }
    return parts.joined(separator: ".").replacing(date, with: "")
  }

  private static let compressions: Set<Substring> = [
    "gz", "zst", "zstd", "bz2", "xz", "lz4", "z", "Z",
  ]

  private static func isNumber(_ part: Substring) -> Bool {
    (1...6).contains(part.utf8.count) && part.utf8.allSatisfy { (0x30...0x39).contains($0) }
  }

  /// A day, or a month with a mark between, and a time behind it.
  nonisolated(unsafe) private static let date =
    /[-_.\/]?(?:19|20)\d\d(?:[-_.\/]?(?:0[1-9]|1[0-2])[-_.\/]?(?:0[1-9]|[12]\d|3[01])|[-_.\/](?:0[1-9]|1[0-2]))(?:[-_.T]?\d\d(?:[-_.:]?\d\d){0,2}Z?)?/

  /// The last component; where two are alike, as much of the path as tells them apart, which all
  /// of it always does.
  private static func names(for stems: [String]) -> [String] {
    let parts = stems.map { $0.split(separator: "/").map(String.init) }
    return zip(stems, parts).map { stem, own in
      for count in 1...max(1, own.count) {
        let name = own.suffix(count)
        if parts.count(where: { $0.suffix(count) == name }) == 1 {
          return name.joined(separator: "/")
        }
      }
      return stem
    }
  }
}
