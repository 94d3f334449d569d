import ArgumentParser

/// Looks at what series usually do.
struct BaselineCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "baseline",
    abstract: "Judges series of values by what they usually are.",
    subcommands: [BaselineScoreCommand.self])
}
