import AccessLog
public import Detection

/// A registry, and what is odd about its files without being wrong.
public struct LoadedRegistry: Sendable {
  public var registry: KeyRegistry
  public var warnings: [Diagnostic]
}

/// Reads registries: who owns which key, and what tier it has bought. YAML, JSON and CSV, told
/// apart by the file's name; several files are one registry.
///
/// No fault shows a line of the file or a key of it, because keys may be secrets.
public enum RegistryLoader {
  public static let extensions = ["yaml", "yml", "json", "csv"]
  /// A YAML tree takes some fifty times its text; larger registries are CSV.
  public static let treeByteCountMax = 16 << 20
  public static let tableByteCountMax = 1 << 30
  public static let keyCountMax = 5_000_000

  /// `fingerprint` makes `key:…` of a raw key, with the secret of the installation.
  public static func load(
    _ files: [SourceFile], fingerprint: @escaping (String) -> String
  ) throws(Diagnostics) -> LoadedRegistry {
    var builder = RegistryBuilder(fingerprint: fingerprint)
    for file in files { load(file, into: &builder) }
    return try builder.finish()
  }

  /// Loads files and folders of them by path.
  public static func load(
    paths: [String], fingerprint: @escaping (String) -> String
  ) throws(Diagnostics) -> LoadedRegistry {
    var builder = RegistryBuilder(fingerprint: fingerprint)
    var faults: [Diagnostic] = []
    for path in paths {
      do throws(Diagnostics) {
        for path in try SourceFile.paths(under: path, extensions: extensions) {
          // One file's bytes at a time.
          load(try SourceFile(path: path, byteCountMax: tableByteCountMax), into: &builder)
        }
      } catch { faults += error.all }
    }
    guard faults.isEmpty else { throw Diagnostics(faults + builder.diagnostics) }
    return try builder.finish()
  }

  private static func load(_ file: SourceFile, into builder: inout RegistryBuilder) {
    builder.addToHash(file)
    if file.pathExtension == "csv" {
      RegistryTable.read(file, into: &builder)
    } else {
      RegistryTree.read(file, into: &builder)
    }
  }
}
