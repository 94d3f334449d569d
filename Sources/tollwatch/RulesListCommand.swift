import ArgumentParser
import Detection
import RuleFiles

/// Lists the shipped rules.
struct RulesListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Lists the shipped rules: what they are and what for.")

  func run() throws {
    do throws(Stop) {
      let loaded = try RulesCommand.load([], shipped: RulesCommand.shippedFiles)
      print(loaded.ruleSet.rules.map(Self.text).joined(separator: "\n\n"))
    } catch {
      StandardError.writeLine(error.message)
      throw error.status
    }
  }

  private static func text(of rule: Rule) -> String {
    let kind = type(of: rule.detector).kind
    let heading = "\(rule.id)  \(kind) per \(rule.per.text), \(rule.severity.rawValue)"
    return ([heading, "  \(rule.title)"] + (rule.why.map { ["  \($0)"] } ?? []))
      .joined(separator: "\n")
  }
}
