import AccessLog
import ArgumentParser
import FormatWorkshop
import Terminal

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

    func run() {
      let rows = FormatPage.list
      let width = (rows.map(\.name.count).max() ?? 0) + 2
      for (name, summary) in rows {
        let space = String(repeating: " ", count: width - name.count)
        let lines = DisplayWidth.wrap(
          summary, to: Screen.output.columns.map { max($0 - width, 20) } ?? .max)
        let rest = lines.dropFirst().map { "\n" + String(repeating: " ", count: width) + $0 }
        print(name + space + (lines.first ?? "") + rest.joined())
      }
    }
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
