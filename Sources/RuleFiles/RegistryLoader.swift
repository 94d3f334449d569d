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
/// No fault quotes the file, because any word of it may be a key; lines are shown masked.
public enum RegistryLoader {
  public static let extensions = ["yaml", "yml", "json", "csv"]
  /// A YAML tree takes some fifty times its text; larger registries are CSV.
  public static let treeByteCountMax = 16 << 20
  public static let tableByteCountMax = 1 << 30
  public static let keyCountMax = 5_000_000

  /// `fingerprint` makes `key:…` of a raw key, with the secret of the installation, which `keyID`
  /// tells apart from others; `nil` where that does not matter. `redraft` is the command that makes
  /// a draft with that secret.
  public static func load(
    _ files: [SourceFile], keyID: String? = nil, redraft: String? = nil,
    fingerprint: @escaping (String) -> String
  ) throws(Diagnostics) -> LoadedRegistry {
    var builder = RegistryBuilder(keyID: keyID, redraft: redraft, fingerprint: fingerprint)
    for file in files { load(file, into: &builder) }
    return try finish(&builder, []) { name in files.first { $0.name == name } }
  }

  /// Loads files and folders of them by path.
  public static func load(
    paths: [String], keyID: String? = nil, redraft: String? = nil,
    fingerprint: @escaping (String) -> String
  ) throws(Diagnostics) -> LoadedRegistry {
    var builder = RegistryBuilder(keyID: keyID, redraft: redraft, fingerprint: fingerprint)
    var faults: [Diagnostic] = []
    var known: Set<String> = []
    for path in paths {
      do throws(Diagnostics) {
        // Who names a file that the configuration names, too, means it once.
        for path in try SourceFile.paths(under: path, extensions: extensions)
        where known.insert(SourceFile.canonical(path)).inserted {
          do throws(Diagnostics) {
            // One file's bytes at a time.
            load(try SourceFile(path: path, byteCountMax: tableByteCountMax), into: &builder)
          } catch { faults += error.all }
        }
      } catch { faults += error.all }
    }
    return try finish(&builder, faults) {
      try? SourceFile(path: $0, byteCountMax: tableByteCountMax)
    }
  }

  /// The registry, or all that is wrong with it; `faults` are of files that could not be read.
  private static func finish(
    _ builder: inout RegistryBuilder, _ faults: [Diagnostic], file: (String) -> SourceFile?
  ) throws(Diagnostics) -> LoadedRegistry {
    do throws(Diagnostics) {
      // A tier that seems not to be declared may be so in a file that could not be read.
      var loaded = try builder.finish(isWhole: faults.isEmpty)
      guard faults.isEmpty else { throw Diagnostics(loaded.warnings) }
      loaded.warnings = showingLines(loaded.warnings, file: file).all
      return loaded
    } catch { throw showingLines(faults + error.all, file: file) }
  }

  /// The faults with what can be shown of their lines, where they do not have it yet: a table
  /// may be too large to keep while it is read.
  private static func showingLines(
    _ faults: [Diagnostic], file: (String) -> SourceFile?
  ) -> Diagnostics {
    var faults = faults
    let wanted = faults.indices.filter { faults[$0].sourceLine == nil && faults[$0].line > 0 }
    for (name, indices) in Dictionary(grouping: wanted, by: { faults[$0].file }) {
      guard let bytes = file(name)?.bytes else { continue }
      let lines = lines(Set(indices.map { faults[$0].line }), of: bytes)
      for index in indices {
        guard let masked = lines[faults[index].line].map(MaskedLine.init) else { continue }
        faults[index].sourceLine = masked.text
        faults[index].shownColumn = masked.column(of: faults[index].column)
      }
    }
    return Diagnostics(faults)
  }

  /// The lines of these numbers, counted from 1.
  private static func lines(_ wanted: Set<Int>, of bytes: [UInt8]) -> [Int: String] {
    var lines: [Int: String] = [:]
    var number = 1
    var start = bytes.starts(with: [0xef, 0xbb, 0xbf]) ? 3 : 0
    while start < bytes.count, lines.count < wanted.count {
      let end = bytes[start...].firstIndex { $0 == 0x0a || $0 == 0x0d } ?? bytes.count
      if wanted.contains(number) {
        lines[number] = String(decoding: bytes[start..<end], as: UTF8.self)
      }
      let isPair = end + 1 < bytes.count && bytes[end] == 0x0d && bytes[end + 1] == 0x0a
      start = end + (isPair ? 2 : 1)
      number += 1
    }
    return lines
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
