import Foundation
import Testing

@testable import tollwatch

/// The built binary, run as a person runs it.
struct Tollwatch {
  struct Outcome {
    var status: Int32
    var output: Data
    var report: String

    var text: String { String(decoding: output, as: UTF8.self) }
    var lines: [Substring] { text.split(separator: "\n") }
  }

  /// It lies beside the test bundle, whose target depends on it.
  static let path: String = {
    let tests = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
    return tests.deletingLastPathComponent().appending(path: "tollwatch").path
  }()

  /// Runs the binary in `folder` until it ends. Both outputs go to files, so that neither can
  /// fill up and hold the other; `input` is a file for standard input, `state` the folder of the
  /// user's state, one of its own if left out.
  static func run(
    _ arguments: [String], in folder: String, input: String? = nil, state: String? = nil
  ) throws -> Outcome {
    let run = try Running(arguments, in: folder, input: input, state: state)
    return try run.outcome()
  }

  /// A run that has begun.
  final class Running {
    private let process = Process()
    private let folder: String
    private let scratch: TemporaryFolder
    var identifier: Int32 { process.processIdentifier }

    init(
      _ arguments: [String], in folder: String, input: String? = nil, state: String? = nil
    ) throws {
      self.folder = folder
      scratch = try TemporaryFolder()
      process.executableURL = URL(filePath: Tollwatch.path)
      process.arguments = arguments
      process.currentDirectoryURL = URL(filePath: folder)
      process.environment = [
        "PATH": "/usr/bin:/bin", "XDG_STATE_HOME": state ?? scratch.path + "/state",
      ]
      process.standardInput =
        try input.map { try FileHandle(forReadingFrom: URL(filePath: $0)) }
        ?? FileHandle.nullDevice
      process.standardOutput = try Self.file(scratch.path + "/output")
      process.standardError = try Self.file(scratch.path + "/report")
      try process.run()
    }

    /// What it said on standard error so far.
    var report: String {
      (try? String(contentsOfFile: scratch.path + "/report", encoding: .utf8)) ?? ""
    }

    /// Returns when the service that runs here, of `configuration`, says of itself what is waited
    /// for, however long that takes.
    func wait(for isSo: (ServiceStatus) -> Bool, of configuration: String) throws {
      while true {
        try #require(kill(identifier, 0) == 0, "\(report)")
        let told = try Tollwatch.run(["status", "--config", configuration], in: folder)
        guard told.status == 0 else { continue }
        let status = try #require(
          try? ServiceStatus(json: told.text), "the status was '\(told.text)'")
        // What an earlier one wrote last may be still there.
        if status.processID == Int(identifier), isSo(status) { return }
      }
    }

    func outcome() throws -> Outcome {
      process.waitUntilExit()
      let output = try Data(contentsOf: URL(filePath: scratch.path + "/output"))
      let isSignal = process.terminationReason == .uncaughtSignal
      return Outcome(
        status: isSignal ? -process.terminationStatus : process.terminationStatus,
        output: output, report: report)
    }

    private static func file(_ path: String) throws -> FileHandle {
      try Data().write(to: URL(filePath: path))
      return try FileHandle(forWritingTo: URL(filePath: path))
    }
  }
}

/// A folder that goes with its owner.
final class TemporaryFolder {
  let path: String

  init() throws {
    let url = FileManager.default.temporaryDirectory
      .appending(path: "tollwatch-tests-" + UUID().uuidString)
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    path = url.resolvingSymlinksInPath().path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a file of the folder and gives its path.
  @discardableResult
  func write(_ data: Data, to name: String) throws -> String {
    let file = URL(filePath: path).appending(path: name)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try data.write(to: file)
    return file.path
  }

  @discardableResult
  func write(_ text: String, to name: String) throws -> String {
    try write(Data(text.utf8), to: name)
  }

  /// All files below the folder.
  var files: [String] {
    let walker = FileManager.default.enumerator(atPath: path)
    var files: [String] = []
    while let name = walker?.nextObject() as? String {
      if walker?.fileAttributes?[.type] as? FileAttributeType == .typeRegular {
        files.append(path + "/" + name)
      }
    }
    return files.sorted()
  }
}
