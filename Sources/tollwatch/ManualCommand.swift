import ArgumentParser
import Foundation

/// Prints the manual page, made from the commands as they are.
struct ManualCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "manual",
    abstract: "Prints the manual page, for man(1).",
    discussion: """
        tollwatch manual > tollwatch.1
      """,
    shouldDisplay: false)

  func run() throws {
    print(try ManualPage(dump: Tollwatch._dumpHelp()).text, terminator: "")
  }
}
