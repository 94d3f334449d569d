import ArgumentParser
import Detection
import RuleFiles

/// Reads rule files and says everything that is wrong with them.
struct RulesCheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Reads rule files and shows all their faults, each with its line.",
    discussion: """
      The files are loaded besides the shipped rules, as a replay would: a file with the name \
      of a shipped one replaces it, and an id may be used once. The exit status is 78 if a file \
      is wrong; warnings are shown and change nothing.

        tollwatch rules check my-rules/
        tollwatch rules check --without-shipped my-rules/
        tollwatch rules check --registry registry.yaml my-rules/

      With a registry it also tells rules that can never alert, because no key has what they \
      judge.
      """)

  @Flag(help: "Leave the shipped rules out, as 'shipped_rules: off' in a configuration does.")
  var withoutShipped = false

  @Option(help: "Who owns which key: tells rules that can never alert; may be repeated.")
  var registry: [String] = []

  @Argument(help: "Rule files, or folders of them.")
  var paths: [String]

  func run() throws {
    do throws(Stop) {
      let own = try load(shipped: [])
      if withoutShipped {
        for warning in own.warnings { StandardError.writeLine(warning.description) }
      } else {
        try checkBesideShipped()
      }
      try checkRegistry(own)
      let count = own.ruleSet.rules.count
      print("\(count) \(count == 1 ? "rule" : "rules"), no faults")
    } catch {
      StandardError.writeLine(error.message)
      throw error.status
    }
  }

  private func checkRegistry(_ own: LoadedRules) throws(Stop) {
    guard !registry.isEmpty else { return }
    do throws(Diagnostics) {
      let loaded = try RegistryLoader.load(
        paths: registry, keyID: nil, redraft: nil, fingerprint: { "key:\($0)" })
      for warning in own.neverAlerting(under: loaded.registry)
        + own.emptyOverrides(under: loaded.registry)
      {
        StandardError.writeLine(warning.description)
      }
    } catch { throw Stop(ExitStatus.configuration, error.description) }
  }

  /// What rules name may be a shipped one, so that warnings are told of all together.
  private func load(shipped: [SourceFile]) throws(Stop) -> LoadedRules {
    do throws(Diagnostics) {
      return try RuleLoader.load(paths: paths, shipped: shipped)
    } catch { throw Stop(ExitStatus.configuration, error.description) }
  }

  /// Faults that only show beside the shipped rules: an id that one of them has.
  private func checkBesideShipped() throws(Stop) {
    do throws(Stop) {
      let all = try load(shipped: RulesCommand.shippedFiles)
      for warning in all.warnings { StandardError.writeLine(warning.description) }
    } catch {
      throw Stop(
        ExitStatus.configuration,
        "\(error.message)\nRules/ holds the shipped rules: choose another id, or give your "
          + "file the shipped one's name to replace it.")
    }
  }
}
