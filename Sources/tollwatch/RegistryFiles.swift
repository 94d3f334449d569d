import Detection
import RuleFiles

/// The registry of commands that ask a database, which know no sources.
enum RegistryFiles {
  /// Reads `paths` and those that the configuration names.
  ///
  /// Without `fingerprints` each key gets a name of its own, which nobody sees.
  static func load(
    _ paths: [String], config: String?, _ fingerprints: Fingerprints?
  ) throws(Stop) -> KeyRegistry {
    do throws(Diagnostics) {
      let more = try config.map { path throws(Diagnostics) in
        try ConfigurationLoader.load(path: path).configuration.registry
      }
      let all = (more ?? []) + paths
      guard !all.isEmpty else { return KeyRegistry() }
      return try RegistryLoader.load(paths: all, keyID: fingerprints?.identifier) { key in
        fingerprints?.name(for: Array(key.utf8)) ?? "key:" + key
      }.registry
    } catch { throw Stop(ExitStatus.configuration, error.description) }
  }
}
