import ArgumentParser

/// What a service has learnt and found, as files to keep, to bring back and to move.
struct StateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "state",
    abstract: "Copies, brings back and moves what a service has learnt and found.",
    discussion: """
      The state is the database that the configuration names, the fingerprint key, without which the \
      database cannot be gone on with, and the folder 'spool' with the lines that sources listened \
      to. They are for nobody else: the key makes the names under which secret keys appear.

        tollwatch state backup --config /etc/tollwatch/tollwatch.yaml --to before-upgrade
        tollwatch state restore --config /etc/tollwatch/tollwatch.yaml --from before-upgrade --replace
      """,
    subcommands: [
      StateBackupCommand.self, StateRestoreCommand.self, StateMoveCommand.self,
    ])
}

/// Copies the state while the service runs.
struct StateBackupCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backup",
    abstract: "Copies the state to a new folder; the service may go on meanwhile.",
    discussion: """
        tollwatch state backup --config /etc/tollwatch/tollwatch.yaml --to /srv/backup/tollwatch
      """)

  @OptionGroup var service: ServiceOptions

  @Option(help: "A folder that is not there yet.")
  var to: String

  func run() throws {
    try Stop.catching {
      let state = try StateFiles(configurationPath: service.config)
      try state.copy(toFolder: to)
      StandardError.writeLine(
        "\(to): a copy of \(state.database), which was read through and is whole")
    }
  }
}

/// Puts a copy in the place of the state.
struct StateRestoreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "restore",
    abstract:
      "Brings back the state from a folder that 'state backup' made; the service must be stopped.",
    discussion: """
      The service goes on where the copy was taken: what was written to the logs since is read, as \
      far as it is still there. A state that is there is replaced only where --replace asks for it, \
      and is kept beside the new one.

        systemctl stop tollwatch
        tollwatch state restore --config /etc/tollwatch/tollwatch.yaml --from /srv/backup/tollwatch --replace
      """)

  @OptionGroup var service: ServiceOptions

  @Option(help: "The folder.")
  var from: String

  @Flag(help: "Replace what is there; it is kept under another name.")
  var replace = false

  func run() throws {
    try Stop.catching {
      let state = try StateFiles(configurationPath: service.config)
      let old = try state.restore(fromFolder: from, replaces: replace)
      StandardError.writeLine(
        "\(state.database): as it was in \(from)" + (old.map { "; what was there is \($0)" } ?? ""))
    }
  }
}

/// Moves the state to where another configuration says.
struct StateMoveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "move",
    abstract:
      "Moves the state to where another configuration has its store; the service must be stopped.",
    discussion: """
      Copies it, reads the copy through, and removes what was copied. Both may be on different disks.

        systemctl stop tollwatch
        tollwatch state move --config /etc/tollwatch/tollwatch.yaml --to-config new.yaml
      """)

  @OptionGroup var service: ServiceOptions

  @Option(help: "The configuration file that names the store where it is to be.")
  var toConfig: String

  func run() throws {
    try Stop.catching {
      let old = try StateFiles(configurationPath: service.config)
      let new = try StateFiles(configurationPath: toConfig)
      try old.move(to: new)
      StandardError.writeLine("\(old.database): is \(new.database) now")
    }
  }
}

/// Whose state it is.
struct ServiceOptions: ParsableArguments {
  @Option(help: "The configuration file of the service.")
  var config: String
}
