import Foundation

/// The files of this package, as git would commit them.
struct SourceTree {
  /// Paths from the root, sorted.
  let paths: [String]
  private let root: URL

  static let package = SourceTree(
    root: URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent())

  init(root: URL) {
    self.root = root
    paths = (Self.listedByGit(root) ?? Self.found(under: root)).sorted()
  }

  /// The files under `folder` that are still there.
  func files(under folder: String = "", suffix: String = "") -> [SourceText] {
    paths.filter { $0.hasPrefix(folder) && $0.hasSuffix(suffix) }.compactMap { path in
      // What is not UTF-8, such as a packed log, has no text to check.
      guard let text = try? String(contentsOf: root.appending(path: path), encoding: .utf8) else {
        return nil
      }
      return SourceText(path: path, text: text)
    }
  }

  /// Names of the folders that lie directly in `folder`.
  func folders(in folder: String) -> [String] {
    let names = paths.filter { $0.hasPrefix(folder + "/") }
      .map { $0.dropFirst(folder.count + 1).split(separator: "/") }
      .filter { $0.count > 1 }
      .map { String($0[0]) }
    return Set(names).sorted()
  }

  /// Committed files and new ones that are not ignored; `nil` where git cannot tell.
  private static func listedByGit(_ root: URL) -> [String]? {
    let git = Process()
    let output = Pipe()
    git.executableURL = URL(filePath: "/usr/bin/env")
    git.arguments = [
      "git", "-C", root.path, "ls-files", "-z", "--cached", "--others", "--exclude-standard",
    ]
    git.standardOutput = output
    git.standardError = FileHandle.nullDevice
    guard (try? git.run()) != nil else { return nil }
    let data = output.fileHandleForReading.readDataToEndOfFile()
    git.waitUntilExit()
    guard git.terminationStatus == 0, !data.isEmpty else { return nil }
    return data.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
      .filter { FileManager.default.fileExists(atPath: root.appending(path: $0).path) }
  }

  /// A source archive has no git: everything but what a build leaves.
  private static func found(under root: URL) -> [String] {
    let walker = FileManager.default.enumerator(atPath: root.path)
    var paths: [String] = []
    while let path = walker?.nextObject() as? String {
      let isBuild = path.hasPrefix(".build") || path.hasPrefix(".git/") || path == ".git"
      if isBuild { walker?.skipDescendants() }
      let isFolder = walker?.fileAttributes?[.type] as? FileAttributeType == .typeDirectory
      if !isBuild, !isFolder, path != "Package.resolved" { paths.append(path) }
    }
    return paths
  }
}
