import Foundation

/// Tells the files that people write for Tollwatch from logs, where a command takes either.
enum SettingsFile {
  case configuration, registry, rules

  private static let headBytesMax = 64 * 1024
  private static let keys: [(SettingsFile, Set<String>)] = [
    (.rules, ["rules"]),
    (.configuration, ["sources", "store", "shipped_rules", "fingerprint_key", "registry"]),
    (.registry, ["keys", "tiers", "suppliers", "apis", "fingerprint_key_id"]),
  ]

  /// Puts `path` among the options where it belongs: with the logs, unless it is known to be
  /// something else. A second configuration would be none of this run's.
  static func sort(_ path: String, into options: inout ReplayOptions) {
    switch kind(of: path) {
    case .configuration where options.config == nil: options.config = path
    case .registry: options.registry.append(path)
    case .rules: options.rules.append(path)
    default: options.logs.append(path)
    }
  }

  /// By the ending of the name and the keys that stand at the beginning of lines; `rules` is a
  /// list of paths in a configuration, and of mappings in a rule file.
  private static func kind(of path: String) -> SettingsFile? {
    let ending = URL(filePath: path).pathExtension.lowercased()
    guard ["csv", "yaml", "yml"].contains(ending),
      let file = FileHandle(forReadingAtPath: path),
      let head = try? file.read(upToCount: headBytesMax)
    else { return nil }
    let lines = String(decoding: head, as: UTF8.self).split(whereSeparator: \.isNewline)
    // A log may be a table, too; one of keys says so in its header.
    if ending == "csv" {
      return lines.first?.split(separator: ",").contains("key") == true ? .registry : nil
    }
    let found = Set(lines.compactMap { $0.prefixMatch(of: /([a-z_]+)\s*:/).map { String($0.1) } })
    if found.contains("rules"), !found.isDisjoint(with: keys[1].1) { return .configuration }
    return keys.first { !$0.1.isDisjoint(with: found) }?.0
  }
}
