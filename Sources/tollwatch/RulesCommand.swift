import ArgumentParser
import RuleFiles
import ShippedRules

/// The workshop of rules: check, test and look at them, without a log.
struct RulesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rules",
    abstract: "Writes, checks, tests and explains rules, and shows those that Tollwatch ships.",
    discussion: """
      To write a rule, begin with one that is there:

        tollwatch rules new spike > my-rules/search-spike.yaml
        tollwatch rules list
        tollwatch rules show key-traffic-spike > my-rules/key-traffic-spike.yaml
        tollwatch rules check my-rules/
        tollwatch rules test my-rules/

      To see why one did not fire, ask 'tollwatch rules explain'; what other values would have done \
      to last month, 'tollwatch rules backtest'; what a change of rules would have done, \
      'tollwatch replay --diff'.
      """,
    subcommands: [
      RulesNewCommand.self, RulesCheckCommand.self, RulesTestCommand.self, RulesListCommand.self,
      RulesShowCommand.self, RulesExplainCommand.self, RulesBacktestCommand.self,
      RulesImportCommand.self, RulesSchemaCommand.self,
    ])

  /// The pack that is built into the binary.
  static var shippedFiles: [SourceFile] {
    ShippedRules.all.map { SourceFile(name: "Rules/\($0.name)", bytes: $0.bytes) }
  }

  /// Loads the rules at `paths`; warnings go to standard error.
  static func load(_ paths: [String], shipped: [SourceFile] = []) throws(Stop) -> LoadedRules {
    do throws(Diagnostics) {
      let loaded = try RuleLoader.load(paths: paths, shipped: shipped)
      for warning in loaded.warnings { StandardError.writeLine(warning.description) }
      return loaded
    } catch { throw Stop(ExitStatus.configuration, error.description) }
  }
}
