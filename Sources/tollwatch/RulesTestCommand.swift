import ArgumentParser
import Report
import RuleFiles
import RuleWorkshop
import Terminal

/// Runs the tests that rule files carry.
struct RulesTestCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "test",
    abstract: "Runs the tests inside rule files; the shipped rules' where no PATH is given.",
    discussion: """
      A test's requests go through the same parser and engine as a log's lines, each test in \
      an engine of its own. Rules without a test are listed. The exit status is 1 if a test \
      failed, 78 if a file is wrong.

        tollwatch rules test my-rules/
        tollwatch rules test --junit rules.xml my-rules/
      """)

  @Option(help: "A file to write for build servers, in the XML of JUnit.")
  var junit: String?

  @Argument(help: "Rule files, or folders of them.")
  var paths: [String] = []

  func run() async throws {
    try await Stop.catchingAsync { try await runTests() }
  }

  private func runTests() async throws {
    let loaded = try RulesCommand.load(
      paths, shipped: paths.isEmpty ? RulesCommand.shippedFiles : [])
    let tester = RuleTester(loaded.ruleSet)
    var report = RuleTestReport()
    var page = RuleTestJUnit()
    for test in loaded.tests {
      let outcome = try await Self.outcome(of: test, by: tester)
      Self.write(report.text(of: outcome))
      page.add(outcome)
    }
    let untested = tester.untested(by: loaded.tests)
    Self.write(report.closing(untested: untested))
    page.add(untested: untested)
    try write(page)
    guard report.failedCount == 0 else {
      throw Stop(ExitStatus.testsFailed, "A rule does not do what its tests say.")
    }
  }

  private static func outcome(
    of test: RuleTest, by tester: RuleTester
  ) async throws -> RuleTestOutcome {
    guard case .log(let log) = test.input else { return tester.outcome(of: test) }
    do {
      return try await LogTest.outcome(of: test, log, by: tester)
    } catch let stop as Stop {
      throw Stop(stop.status, "\(test.file):\(test.line): \(stop.message)")
    }
  }

  private func write(_ page: RuleTestJUnit) throws(Stop) {
    guard let junit else { return }
    do throws(AtomicFile.Fault) {
      try AtomicFile.write(page.text, to: junit)
    } catch { throw Stop(ExitStatus.failed, "\(junit): \(error)") }
  }

  /// Reasons and names may hold what acts on a terminal.
  private static func write(_ text: String) {
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      print(TerminalText.escaped(String(line)))
    }
  }
}
