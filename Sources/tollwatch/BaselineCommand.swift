import ArgumentParser

/// Looks at what series usually do.
struct BaselineCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "baseline",
    abstract: "Shows what is usual of whom, and judges series of values by what they usually are.",
    subcommands: [BaselineShowCommand.self, BaselineScoreCommand.self])
}
