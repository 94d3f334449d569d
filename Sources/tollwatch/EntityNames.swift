import Detection
import LogSurvey

/// What the words that somebody types may mean.
enum EntityNames {
  /// A name as it is, the raw key behind a fingerprint, a name that the registry gives.
  static func all(
    of text: String, _ registry: KeyRegistry, _ fingerprints: Fingerprints
  ) -> [String] {
    let fingerprint = fingerprints.name(for: Array(text.utf8))
    let named = registry.keys.filter { key in
      key.name == text || key.identities.contains(.name(text))
        || key.identities.contains(.fingerprint(fingerprint))
    }
    return [text, fingerprint, text.lowercased()] + named.compactMap(\.name)
  }

  /// `; near it are: northwind-1, northwind-2`, or nothing.
  static func hint(near text: String, _ registry: KeyRegistry) -> String {
    let target = TraceTarget(text, kind: nil, registry: registry, fingerprint: { _ in "" })
    let near = target.nearNames(among: [])
    return near.isEmpty ? "" : "; near it are: \(near.joined(separator: ", "))"
  }
}
