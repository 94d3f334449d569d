import ArgumentParser
import RuleWorkshop

/// Prints the JSON Schema of rule files.
struct RulesSchemaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema",
    abstract: "Prints a JSON Schema of rule files, for editors.",
    discussion: """
      An editor with the YAML language server completes keys and marks wrong ones in a file whose \
      first line is '# yaml-language-server: $schema=rules.schema.json':

        tollwatch rules schema > my-rules/rules.schema.json
      """)

  func run() { print(RuleSchema.text) }
}
