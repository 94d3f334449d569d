import ArgumentParser
import RuleFiles
import RuleWorkshop
import Terminal

/// Runs the tests that rule files carry.
struct RulesTestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "test",
    abstract: "Runs the tests inside rule files; the shipped rules' where no PATH is given.",
    discussion: """
      A test's requests go through the same parser and engine as a log's lines, each test in \
      an engine of its own. The exit status is 1 if a test failed, 78 if a file is wrong.
      """)

  @Argument(help: "Rule files, or folders of them.")
  var paths: [String] = []

  func run() throws {
    do throws(Stop) {
      try runTests()
    } catch {
      StandardError.writeLine(error.message)
      throw error.status
    }
  }

  private func runTests() throws(Stop) {
    let loaded = try RulesCommand.load(
      paths, shipped: paths.isEmpty ? RulesCommand.shippedFiles : [])
    let tester = RuleTester(loaded.ruleSet)
    var report = RuleTestReport()
    for test in loaded.tests {
      Self.write(report.text(of: tester.outcome(of: test)))
    }
    Self.write(report.closing(untested: tester.untested(by: loaded.tests)))
    guard report.failedCount == 0 else {
      throw Stop(ExitStatus.testsFailed, "A rule does not do what its tests say.")
    }
  }

  /// Reasons and names may hold what acts on a terminal.
  private static func write(_ text: String) {
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      print(TerminalText.escaped(String(line)))
    }
  }
}
