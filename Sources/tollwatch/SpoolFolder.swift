import Foundation
import Glibc

/// The folder with the lines that sources listened to, as files to copy.
struct SpoolFolder {
  let path: String

  /// A file is renamed while it is copied where the service runs; then all is looked at again.
  private static let attemptCountMax = 5

  private var names: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [])
      .filter { $0.hasSuffix(".log") || $0.contains(".log-") }.sorted()
  }

  /// Nothing is there, or nobody ever listened.
  var isEmpty: Bool { names.isEmpty }

  /// Into a folder that is made for it; none, where there is nothing to copy.
  func copy(to other: SpoolFolder) throws {
    guard !isEmpty else { return }
    for attempt in 1...Self.attemptCountMax {
      do {
        return try copyFiles(to: other)
      } catch  where attempt < Self.attemptCountMax {
        try? FileManager.default.removeItem(atPath: other.path)
      }
    }
  }

  private func copyFiles(to other: SpoolFolder) throws {
    try FileManager.default.createDirectory(
      atPath: other.path, withIntermediateDirectories: true,
      attributes: [.posixPermissions: 0o700])
    StateFiles.giveToOwnerOfFolder(other.path)
    let names = names
    for name in names {
      let target = "\(other.path)/\(name)"
      try FileManager.default.copyItem(atPath: "\(path)/\(name)", toPath: target)
      guard chmod(target, 0o600) == 0 else { throw StateFiles.stop(target) }
      StateFiles.giveToOwnerOfFolder(target)
    }
    guard names == self.names else { throw StateFiles.stop(path) }
  }

  /// It was copied.
  func remove() {
    for name in names { unlink("\(path)/\(name)") }
    rmdir(path)
  }
}
