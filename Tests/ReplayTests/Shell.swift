import Foundation

/// Other people's programs, which make and unpack what the binary reads.
enum Shell {
  struct Failure: Error { var command: String }

  /// Runs a command with standard input from `input`, and gives its standard output.
  static func run(_ words: [String], input: Data = Data()) throws -> Data {
    let folder = try TemporaryFolder()
    let inputPath = try folder.write(input, to: "input")
    let outputPath = try folder.write(Data(), to: "output")
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = words
    process.standardInput = try FileHandle(forReadingFrom: URL(filePath: inputPath))
    process.standardOutput = try FileHandle(forWritingTo: URL(filePath: outputPath))
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw Failure(command: words.joined(separator: " "))
    }
    return try Data(contentsOf: URL(filePath: outputPath))
  }

  static func gzip(_ data: Data) throws -> Data { try run(["gzip", "-nc"], input: data) }

  static func gunzip(_ data: Data) throws -> Data { try run(["gzip", "-dc"], input: data) }
}
