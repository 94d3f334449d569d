import AccessLog
import ArgumentParser
import Detection
import Foundation
import Pipeline
import RuleFiles
import RuleWorkshop
import Terminal

/// Tells what a rule would have found with other values, all of them in one pass over the logs.
struct RulesBacktestCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backtest",
    abstract: "Tells what a rule would have found in past logs with other values.",
    discussion: """
      --sweep names a key of the rule and the values to try: above=100..1000 takes round numbers \
      between the two, above=100..1000:50 every fifty, window=5m,30m,2h those three; \
      at_least.times=2..10 is the key 'times' below 'at_least'. Several --sweep try all their \
      combinations. The logs are read once.

        tollwatch rules backtest --rule key-traffic-spike --sweep at_least.times=2..10 \
      archive/access.log*
        tollwatch rules backtest --rules my-rules/ --rule my-spike --sweep window=5m,30m,2h \
      --registry registry.yaml archive/access.log*

      For each setting it tells the alerts, how many that are a day and for each of those that \
      were alerted about, and below the table which they were. Nothing is sent or kept.
      """)

  @Option(help: "The rule, by its id.")
  var rule: String

  @Option(help: "A key and its values: KEY=A..B, KEY=A..B:STEP or KEY=A,B,C; may be repeated.")
  var sweep: [String]

  @OptionGroup var input: InputOptions

  @OptionGroup var marks: MarkOptions

  @Option(help: "Who owns which key: YAML, JSON or CSV; may be repeated.")
  var registry: [String] = []

  @Option(help: "Rule files or folders, besides the shipped ones; may be repeated.")
  var rules: [String] = []

  @Option(help: "Leave out records before this time.", transform: ReplayCommand.time)
  var from: EventTime?

  @Option(help: "Leave out records at or after this time.", transform: ReplayCommand.time)
  var to: EventTime?

  @Option(
    help: "Learn from what comes before this time, and alert only from it on.",
    transform: ReplayCommand.time)
  var detectFrom: EventTime?

  @Option(help: "How many troubles to list; 0 lists all.")
  var limit = 20

  @Option(help: "json or text.")
  var output: OutputForm = .text

  @Argument(help: "Logs: files, globs, folders, or - for standard input.")
  var logs: [String] = []

  /// Settings that are tried at once.
  private static let settingCountMax = 256

  func validate() throws {
    if sweep.isEmpty { throw ValidationError("Name a --sweep, such as above=100..1000.") }
    if logs.isEmpty, input.config == nil {
      throw ValidationError("Name a LOG, or a --config that names its logs.")
    }
    if limit < 0 { throw ValidationError("--limit takes a number from 0 on.") }
  }

  func run() async throws {
    try await Stop.catchingAsync {
      let settings = try settings()
      let backtest = try await Backtest.run(settings, detectFrom: detectFrom) { ruleSet in
        try ReplayPlan(options, rules: ruleSet)
      }
      let report = BacktestReport(backtest, limit: limit)
      let text = output == .json ? report.json : report.text(on: .output)
      try FileHandle.standardOutput.write(contentsOf: Data((text + "\n").utf8))
    }
  }

  private var options: ReplayOptions {
    var options = input.replayOptions(logs: logs)
    options.registry = registry
    options.rules = rules
    options.marks = marks.mark
    (options.from, options.to, options.detectFrom) = (from, to, detectFrom)
    return options
  }

  // MARK: - settings

  /// The rule as its file has it, then with each combination of values.
  private func settings() throws -> [Backtest.Setting] {
    var sweeps: [RuleSweep] = []
    for text in sweep {
      do throws(RuleSweep.Fault) {
        sweeps.append(try RuleSweep(parsing: text))
      } catch { throw Stop(ExitStatus.usage, "--sweep: \(error.description)") }
    }
    let combinations = RuleSweep.combinations(of: sweeps)
    guard combinations.count <= Self.settingCountMax else {
      throw Stop(
        ExitStatus.usage,
        "--sweep: \(combinations.count) settings; at most \(Self.settingCountMax) at once")
    }
    let variants = try variants()
    return try ([[]] + combinations).map { try Self.setting($0, variants) }
  }

  private static func setting(
    _ edits: [RuleEdit], _ variants: RuleVariants
  ) throws(Stop) -> Backtest.Setting {
    do throws(Diagnostics) {
      return Backtest.Setting(edits: edits, rule: try variants.rule(with: edits))
    } catch {
      let words = edits.map { "\($0.path.joined(separator: "."))=\($0.value)" }
      throw Stop(
        ExitStatus.configuration, "with \(words.joined(separator: " ")): \(error.description)")
    }
  }

  private func variants() throws -> RuleVariants {
    var notes: [String] = []
    let configuration = try ReplayPlan.configuration(options, notes: &notes)
    let known = try ReplayPlan.rules(options, configuration, notes: &notes)
    for note in notes { StandardError.writeLine(note) }
    let found = RuleLoader.variants(
      of: rule, paths: configuration.rules + rules,
      shipped: configuration.usesShippedRules ? RulesCommand.shippedFiles : [])
    if let found { return found }
    let nearest = NearestWord.nearest(to: rule, among: known.rules.map(\.id))
    throw Stop(
      ExitStatus.usage,
      "There is no rule '\(rule)'\(nearest.map { "; did you mean '\($0)'?" } ?? ".")")
  }
}
