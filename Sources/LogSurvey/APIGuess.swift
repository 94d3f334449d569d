import Detection

/// The APIs that the paths of the requests speak of, by their first word: `/api/v2/orders/{id}`
/// belongs to `orders`.
public struct APIGuess: Hashable, Sendable {
  public var name: String
  public var requestCount: Int
  /// Templates, with `v*` for versions, most frequent first.
  public var routes: [String]

  static let apiCountMax = 20
  static let routeCountMax = 20
  /// Rarer ones are probably probes: one of so many requests.
  private static let rareness = 1000

  /// Most requests first. Only paths that a route of a registry can stand for count.
  public static func guesses(from paths: [TextCount]) -> [APIGuess] {
    let total = paths.reduce(0) { $0 + $1.count }
    var guesses: [String: (count: Int, routes: [String])] = [:]
    for path in paths {
      guard let (name, route) = guess(path.text) else { continue }
      var entry = guesses[name] ?? (0, [])
      entry.count += path.count
      if !entry.routes.contains(route), entry.routes.count < routeCountMax {
        entry.routes.append(route)
      }
      guesses[name] = entry
    }
    let sorted = guesses.map { APIGuess(name: $0, requestCount: $1.count, routes: $1.routes) }
      .filter { $0.requestCount * rareness >= total }
      .sorted { ($1.requestCount, $0.name) < ($0.requestCount, $1.name) }
    return Array(sorted.prefix(apiCountMax))
  }

  private static func guess(_ path: String) -> (name: String, route: String)? {
    guard path.hasPrefix("/"), path.utf8.count <= 200, path.utf8.allSatisfy(isPlain) else {
      return nil
    }
    var segments = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
    for index in segments.indices where RouteVersion.isVersion(Array(segments[index].utf8)[...]) {
      segments[index] = "v*"
    }
    let words = segments.drop { $0 == "api" || $0 == "v*" || $0 == "rest" }
    guard let name = words.first, !name.isEmpty, !name.contains("."), !name.contains("{") else {
      return nil
    }
    return (name.lowercased(), "/" + segments.joined(separator: "/"))
  }

  /// Letters, digits, and what routes are made of; a star would be a pattern.
  private static func isPlain(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
      || "/-_.~{}".utf8.contains(byte)
  }
}
