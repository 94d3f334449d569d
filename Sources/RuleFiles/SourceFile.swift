import Foundation
import ReadPermission

/// A file to load: its name as it is shown, and its bytes.
public struct SourceFile: Hashable, Sendable {
  public var name: String
  public var bytes: [UInt8]

  public init(name: String, bytes: [UInt8]) {
    self.name = name
    self.bytes = bytes
  }

  public init(name: String, text: String) {
    self.init(name: name, bytes: Array(text.utf8))
  }

  /// Reads a file of at most `byteCountMax` bytes.
  public init(path: String, byteCountMax: Int) throws(Diagnostics) {
    name = path
    bytes = []
    guard let handle = FileHandle(forReadingAtPath: path) else {
      throw Diagnostics([Self.unreadable(path, errno)])
    }
    defer { try? handle.close() }
    do {
      // One byte more than allowed tells a file that is too large, a growing one too.
      bytes = Array(try handle.read(upToCount: byteCountMax + 1) ?? Data())
    } catch {
      throw Diagnostics([Self.unreadable(path, errno)])
    }
  }

  /// The last component of the name, by which rule files override shipped ones.
  var baseName: String { String(name.split(separator: "/").last ?? Substring(name)) }

  /// `nil` where it has none.
  var pathExtension: String? {
    let parts = baseName.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count > 1 ? parts.last?.lowercased() : nil
  }

  /// With the command that permits it, where the obstacle is a permission.
  private static func unreadable(_ path: String, _ code: Int32) -> Diagnostic {
    Diagnostic(
      file: path, message: "cannot be read: \(String(cString: strerror(code)))",
      suggestion: ReadPermission.isPermission(code) ? ReadPermission.command(for: path) : nil)
  }

  /// One name for whatever leads to the same file.
  static func canonical(_ path: String) -> String {
    URL(filePath: path).resolvingSymlinksInPath().path
  }

  /// The files of `path`: itself, or a folder's files with one of `extensions`, by name.
  static func paths(under path: String, extensions: [String]) throws(Diagnostics) -> [String] {
    var isFolder: ObjCBool = false
    // What lies behind a folder that is shut is there, or may be.
    if access(path, F_OK) != 0, ReadPermission.isPermission(errno) {
      throw Diagnostics([unreadable(path, errno)])
    }
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw Diagnostics([Diagnostic(file: path, message: "no such file or folder")])
    }
    guard isFolder.boolValue else { return [path] }
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else {
      throw Diagnostics([unreadable(path, access(path, R_OK) == 0 ? EIO : errno)])
    }
    return names.sorted().filter { name in
      !name.hasPrefix(".") && extensions.contains { name.lowercased().hasSuffix(".\($0)") }
    }.map { path.hasSuffix("/") ? path + $0 : "\(path)/\($0)" }
  }
}
