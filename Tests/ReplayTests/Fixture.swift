import Foundation
import Testing

/// A folder of `Fixtures`: logs, registry, rules, a configuration that names them, and what a
/// replay of it says.
struct Fixture: CustomTestStringConvertible {
  let name: String

  static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Fixtures").path

  static let all: [Fixture] = {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.filter { !$0.hasPrefix(".") }.sorted().map(Fixture.init(name:))
  }()

  static let threeQuestions = Fixture(name: "three-questions")

  var path: String { Self.folder + "/" + name }
  var expectedPath: String { path + "/expected.jsonl" }
  var testDescription: String { name }

  func contents(_ file: String) throws -> Data {
    try Data(contentsOf: URL(filePath: path + "/" + file))
  }

  /// Replays the fixture's own logs with its own configuration.
  func replay(_ arguments: String...) throws -> Tollwatch.Outcome {
    try Tollwatch.run(
      ["replay", "--config", "tollwatch.yaml", "--output", "json"] + arguments, in: path)
  }

  /// Replays other logs, as far as they are given, with this fixture's configuration; relative
  /// names are those of `folder`.
  func replay(
    _ logs: [String], in folder: TemporaryFolder, _ arguments: [String] = [], input: String? = nil
  ) throws -> Tollwatch.Outcome {
    let words = ["replay", "--config", path + "/tollwatch.yaml", "--output", "json"]
    return try Tollwatch.run(words + arguments + logs, in: folder.path, input: input)
  }
}
