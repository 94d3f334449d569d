import ArgumentParser
import Detection
import RuleFiles

/// Reads rule files and says everything that is wrong with them.
struct RulesCheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Reads rule files and shows all their faults, each with its line.",
    discussion: """
      The files are loaded besides the shipped rules, as a replay would: a file with the name \
      of a shipped one replaces it, and an id may be used once. The exit status is 78 if a file \
      is wrong; warnings are shown and change nothing.

        tollwatch rules check my-rules/
        tollwatch rules check --without-shipped my-rules/
      """)

  @Flag(help: "Leave the shipped rules out, as 'shipped_rules: off' in a configuration does.")
  var withoutShipped = false

  @Argument(help: "Rule files, or folders of them.")
  var paths: [String]

  func run() throws {
    do throws(Stop) {
      let count = try RulesCommand.load(paths).ruleSet.rules.count
      if !withoutShipped { try checkBesideShipped() }
      print("\(count) \(count == 1 ? "rule" : "rules"), no faults")
    } catch {
      StandardError.writeLine(error.message)
      throw error.status
    }
  }

  /// Faults that only show beside the shipped rules: an id that one of them has.
  private func checkBesideShipped() throws(Stop) {
    do throws(Diagnostics) {
      _ = try RuleLoader.load(paths: paths, shipped: RulesCommand.shippedFiles)
    } catch {
      throw Stop(
        ExitStatus.configuration,
        "\(error.description)\nRules/ holds the shipped rules: choose another id, or give your "
          + "file the shipped one's name to replace it.")
    }
  }
}
