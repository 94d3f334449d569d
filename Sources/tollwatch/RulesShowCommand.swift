import ArgumentParser
import Detection
import Foundation
import RuleFiles

/// Prints the file of a shipped rule, to begin one's own with.
struct RulesShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Prints the file of a shipped rule.",
    discussion: """
      A file of the same name among your own rules replaces the shipped one:

        tollwatch rules show key-traffic-spike > my-rules/key-traffic-spike.yaml
      """)

  @Argument(help: "The id of a shipped rule; 'tollwatch rules list' has them.")
  var id: String

  func run() throws {
    do throws(Stop) {
      let file = try shippedFile()
      try? FileHandle.standardOutput.write(contentsOf: Data(file.bytes))
    } catch {
      StandardError.writeLine(error.message)
      throw error.status
    }
  }

  private func shippedFile() throws(Stop) -> SourceFile {
    var known: [String] = []
    for file in RulesCommand.shippedFiles {
      let ids = try RulesCommand.load([], shipped: [file]).ruleSet.rules.map(\.id)
      if ids.contains(id) { return file }
      known += ids
    }
    throw Stop(
      ExitStatus.usage,
      "There is no shipped rule '\(id)'; there are: \(known.sorted().joined(separator: ", ")).")
  }
}
