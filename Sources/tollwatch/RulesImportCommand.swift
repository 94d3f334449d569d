import ArgumentParser
import RuleFiles

/// Writes rules of another tool as rules of ours, as far as they can be said here.
struct RulesImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Writes rules of Sigma as rules of Tollwatch, and lists what it did not take.",
    discussion: """
      Rules over access logs (log source 'webserver') become thresholds: those of single events \
      with 'above: 0', correlations of type event_count with theirs. Sigma compares without \
      regard to case, Tollwatch with it. The exit status is 1 if a rule was not taken.

        tollwatch rules import --from sigma sigma/login.yml > my-rules/login.yaml
        tollwatch rules test my-rules/
      """)

  enum Origin: String, ExpressibleByArgument, CaseIterable { case sigma }

  @Option(help: "Whose rules they are: sigma.")
  var from: Origin

  @Argument(help: "Files, or folders of them.")
  var paths: [String]

  func run() throws {
    let imported = try read()
    print(imported.yaml, terminator: "")
    for remark in imported.refused {
      StandardError.writeLine("not taken: \(remark.description)")
    }
    let all = imported.takenCount + imported.refused.count
    StandardError.writeLine("\(imported.takenCount) of \(all) taken")
    if !imported.refused.isEmpty { throw ExitStatus.notAllTaken }
  }

  private func read() throws -> SigmaImport {
    do throws(Diagnostics) {
      return try SigmaImport(try RuleLoader.sources(at: paths))
    } catch {
      StandardError.writeLine(error.description)
      throw ExitStatus.configuration
    }
  }
}
