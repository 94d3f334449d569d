internal import Glibc

/// Why no traffic was written.
public enum SimulatorFault: Error, Hashable, CustomStringConvertible {
  /// A file or folder could not be made or written.
  case unwritable(path: String, errno: Int32)
  /// The folder that should receive the files holds some already.
  case notEmpty(path: String)
  /// zlib could not start.
  case compression

  public var description: String {
    switch self {
    case .unwritable(let path, let code): "\(path): not written: \(String(cString: strerror(code)))"
    case .notEmpty(let path): "\(path): not empty; name a folder that is new or empty"
    case .compression: "zlib has no memory or another version"
    }
  }
}
