import ArgumentParser

/// Help with the registry of keys.
struct RegistryCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "registry",
    abstract: "Helps to write the registry: who owns which key and what tier it bought.",
    subcommands: [RegistryDraftCommand.self])
}
