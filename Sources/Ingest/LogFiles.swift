internal import Glibc

/// The files that a command line means. Every argument is looked at, so that one run names all
/// that is wrong; whether to go on without those is for the caller to say.
public struct LogFiles: Sendable {
  /// How many files are taken at most.
  public static let fileCountMax = 100_000
  /// How deep folders are searched below the one that was named.
  public static let folderDepthMax = 16

  /// Sorted by path, each file once, whatever the number and order of its names.
  public private(set) var segments: [Segment] = []
  /// What was asked for and is not there or may not be read, sorted by path.
  public private(set) var problems: [IngestError] = []
  /// What lies in a named folder or fits a glob and is no log: devices, sockets, pipes.
  public private(set) var skippedPaths: [String] = []

  private var seen: Set<FileStatus.Identity> = []

  /// Finds files, folders (all that is in them), globs, and `-` for standard input. A name that
  /// exists is taken as it is, even if it looks like a glob.
  public init(_ arguments: [String]) {
    for path in Set(arguments.flatMap(Self.candidates)).sorted() {
      take(path, isNamed: arguments.contains(path), depth: 0)
    }
    segments.sort { $0.path < $1.path }
    problems.sort { $0.path < $1.path }
    skippedPaths.sort()
  }

  private static func candidates(_ argument: String) -> [String] {
    if argument == Segment.standardInput || access(argument, F_OK) == 0 { return [argument] }
    let matches = Glob.matches(argument)
    return matches.isEmpty ? [argument] : matches
  }

  /// `isNamed` tells what the user named from what a folder or a glob brought along.
  private mutating func take(_ path: String, isNamed: Bool, depth: Int) {
    do throws(IngestError) {
      if path == Segment.standardInput { return segments.append(try Segment(path: path)) }
      let status = try SystemCall.status(of: path)
      switch status.kind {
      case .folder: try takeFolder(path, status, depth: depth)
      case .regular: try takeFile(path, status)
      case .pipe where isNamed: try takeFile(path, status)
      case .other where isNamed: _ = try Segment(path: path, status: status)
      case .pipe, .other: skippedPaths.append(path)
      }
    } catch {
      problems.append(error)
    }
  }

  private mutating func takeFile(_ path: String, _ status: FileStatus) throws(IngestError) {
    guard access(path, R_OK) == 0 else {
      throw IngestError(path: path, reason: .unreadable(errno: errno))
    }
    guard segments.count < Self.fileCountMax else {
      throw IngestError(path: path, reason: .tooManyFiles)
    }
    guard seen.insert(status.identity).inserted else { return }
    segments.append(try Segment(path: path, status: status))
  }

  private mutating func takeFolder(
    _ path: String, _ status: FileStatus, depth: Int
  ) throws(IngestError) {
    // A link back to a folder above would be walked for ever.
    guard depth <= Self.folderDepthMax, seen.insert(status.identity).inserted else { return }
    let prefix = path.hasSuffix("/") ? path : path + "/"
    for name in try Folder.names(in: path) where segments.count < Self.fileCountMax {
      take(prefix + name, isNamed: false, depth: depth + 1)
    }
  }
}

/// The patterns of a shell, for arguments that reach the program unexpanded.
private enum Glob {
  static func matches(_ pattern: String) -> [String] {
    var result = glob_t()
    defer { globfree(&result) }
    guard glob(pattern, GLOB_BRACE | GLOB_TILDE, nil, &result) == 0 else { return [] }
    return (0..<Int(result.gl_pathc)).compactMap { index in
      result.gl_pathv[index].map { String(cString: $0) }
    }
  }
}

private enum Folder {
  /// The names in a folder, sorted, without hidden ones.
  static func names(in path: String) throws(IngestError) -> [String] {
    guard let folder = opendir(path) else {
      throw IngestError(path: path, reason: .unreadable(errno: errno))
    }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if !name.hasPrefix(".") { names.append(name) }
    }
    return names.sorted()
  }
}
