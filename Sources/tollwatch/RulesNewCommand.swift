import ArgumentParser
import Detection
import RuleWorkshop

/// Writes a rule to start from.
struct RulesNewCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "new",
    abstract: "Prints a rule of a kind with its tests, to start from.",
    discussion: """
      What is printed passes 'rules check' and 'rules test' as it is; keys that it leaves out stand \
      there as comments.

        tollwatch rules new spike > my-rules/search-spike.yaml
        tollwatch rules new precursor --id refund-without-order > my-rules/refunds.yaml
      """)

  @Option(help: "The rule's id: lower case letters, digits and hyphens; my-KIND if left out.")
  var id: String?

  @Argument(
    help: ArgumentHelp(
      "\(Detectors.all.map { $0.kind }.joined(separator: ", ")).", valueName: "kind"))
  var kind: String

  func validate() throws {
    guard Detectors.detector(kind: kind) != nil else {
      let kinds = Detectors.all.map { $0.kind }
      let nearest = NearestWord.nearest(to: kind, among: kinds).map { "; did you mean '\($0)'?" }
      throw ValidationError(
        "There is no kind '\(kind)'; there are \(kinds.joined(separator: ", "))\(nearest ?? "").")
    }
    let isLegal = id?.allSatisfy { "abcdefghijklmnopqrstuvwxyz0123456789-".contains($0) } ?? true
    guard isLegal, id != "" else {
      throw ValidationError("An id is lower case letters, digits and hyphens.")
    }
  }

  func run() {
    guard let detector = Detectors.detector(kind: kind) else { return }
    print(RuleTemplate.text(of: detector, id: id ?? "my-\(kind)"), terminator: "")
  }
}
