internal import Glibc

/// A folder that receives files and holds none yet.
public enum OutputFolder {
  /// Makes the folder where it is missing, with those above it; refuses one that holds a file.
  public static func prepare(_ path: String) throws(SimulatorFault) {
    try make(path)
    guard let folder = opendir(path) else { throw .unwritable(path: path, errno: errno) }
    defer { closedir(folder) }
    while let entry = readdir(folder) {
      let isSelfOrParent = withUnsafePointer(to: entry.pointee.d_name) { name in
        name.withMemoryRebound(to: CChar.self, capacity: 1) {
          strcmp($0, ".") == 0 || strcmp($0, "..") == 0
        }
      }
      guard isSelfOrParent else { throw .notEmpty(path: path) }
    }
  }

  /// Removes the files that a simulation wrote into a folder that held none, and the folder
  /// itself, as far as that is possible: half of a simulation is of no use.
  public static func clear(_ path: String) {
    guard let folder = opendir(path) else { return }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if isOurs(name) { names.append(name) }
    }
    closedir(folder)
    for name in names { unlink("\(path)/\(name)") }
    rmdir(path)
  }

  private static func isOurs(_ name: String) -> Bool {
    ["registry.yaml", "rules.yaml", "tollwatch.yaml", "labels.json"].contains(name)
      || name.hasPrefix("access.log-")
  }

  private static func make(_ path: String) throws(SimulatorFault) {
    guard mkdir(path, 0o755) != 0, errno != EEXIST else { return }
    guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex else {
      throw .unwritable(path: path, errno: errno)
    }
    try make(String(path[..<slash]))
    guard mkdir(path, 0o755) == 0 || errno == EEXIST else {
      throw .unwritable(path: path, errno: errno)
    }
  }
}
