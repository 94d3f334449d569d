import ArgumentParser
import Foundation
import Terminal

/// Tells all that is wrong with the configuration, before a run finds it out one by one.
struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Shows all faults of configuration, registry, rules and formats, with sample lines.",
    discussion: """
      FILE is a log, a folder or a glob to look at; without one the first lines of the \
      configured sources are. A configuration, a registry or a rule file is known by what it \
      begins with. Nothing is written. The exit status is 0 without faults and 78 \
      with; warnings change nothing.

        tollwatch check --config /etc/tollwatch/tollwatch.yaml
        tollwatch check tollwatch.yaml
        tollwatch check --registry registry.yaml --rules my-rules/
        tollwatch check /var/log/nginx/access.log
        tollwatch check --log-format '$remote_addr [$time_local] "$request" $status' access.log
      """)

  @OptionGroup var input: InputOptions

  @Option(help: "Who owns which key and what tier it bought: YAML, JSON or CSV; may be repeated.")
  var registry: [String] = []

  @Option(help: "Rule files or folders, besides the shipped ones; may be repeated.")
  var rules: [String] = []

  @Option(help: "json or text.")
  var output: OutputForm = .text

  @Argument(help: "Logs to look at: files, globs, folders.")
  var files: [String] = []

  func validate() throws {
    if files.contains("-") {
      throw ValidationError("check reads files, which replay can read again; not '-'.")
    }
    if files.isEmpty, input.config == nil, registry.isEmpty, rules.isEmpty,
      input.logFormat == nil, input.format == nil
    {
      throw ValidationError("Name a FILE, a --config, a --registry or --rules to check.")
    }
  }

  func run() throws {
    var options = input.replayOptions(logs: [])
    options.registry = registry
    options.rules = rules
    for file in files { SettingsFile.sort(file, into: &options) }
    let check = ConfigurationCheck(options)
    let report = CheckReport(check)
    // As the first line of ExecReload= it has nothing to say but its verdict.
    let isBrief = !Screen.output.isTerminal && options.logs.isEmpty && !check.hasFaults
    let text = output == .json ? report.json : isBrief ? report.brief : report.text
    try? FileHandle.standardOutput.write(contentsOf: Data((text + "\n").utf8))
    if check.hasFaults { throw ExitStatus.configuration }
  }
}
