import AccessLog
import ArgumentParser
import FormatWorkshop

/// Tells which formats and presets there are.
struct FormatsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "formats",
    abstract: "Tells which log formats and presets there are, and what to write to the gateway.",
    discussion: """
      A format reads the template of the gateway's own configuration; a preset is one that is
      written already:

        tollwatch formats list
        tollwatch formats show kong-file-log
      """,
    subcommands: [List.self, Show.self])

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list", abstract: "Lists the formats and presets: who writes them.")

    func run() { print(FormatPage.list) }
  }

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "show",
      abstract: "Shows a format or preset: the gateway's setting, the caller, a line.")

    @Argument(help: "A name that `formats list` has.")
    var name: String

    func run() throws {
      do throws(FormatFault) {
        print(try FormatPage.section(named: name))
      } catch {
        let nearest = error.suggestion.map { "; did you mean '\($0)'?" } ?? ""
        StandardError.writeLine(error.message + nearest)
        throw ExitStatus.usage
      }
    }
  }
}
