import Foundation

/// Where older logs of a source are, besides those that its configuration names: a service learns
/// from them at its first start, and remembers where they were.
struct Archives: Hashable {
  /// Under which the database has them.
  static let key = "archives"

  /// By the name of the source.
  private(set) var paths: [String: [String]] = [:]

  /// From the command line: `LOG`, or where there are several sources `SOURCE=LOG`.
  init(_ words: [String], sources: [String]) throws(Stop) {
    for word in words {
      let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
      if parts.count == 2, sources.contains(parts[0]) {
        add(parts[1], to: parts[0])
      } else if let only = sources.first, sources.count == 1 {
        add(word, to: only)
      } else {
        throw Stop(
          ExitStatus.usage,
          "--bootstrap \(word): of which source? Write \(sources[0])=\(word); there are "
            + sources.joined(separator: ", "))
      }
    }
  }

  init() {}

  /// As the database has them.
  init(json: String?) {
    paths =
      json.flatMap { try? JSONDecoder().decode([String: [String]].self, from: Data($0.utf8)) }
      ?? [:]
  }

  var json: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return (try? encoder.encode(paths)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
  }

  func paths(of source: String) -> [String] { paths[source] ?? [] }

  mutating func add(_ other: Archives) {
    for (source, paths) in other.paths.sorted(by: { $0.key < $1.key }) {
      for path in paths { add(path, to: source) }
    }
  }

  /// From wherever the service is started next.
  private mutating func add(_ path: String, to source: String) {
    let absolute =
      path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
    guard paths[source]?.contains(absolute) != true else { return }
    paths[source, default: []].append(absolute)
  }
}
