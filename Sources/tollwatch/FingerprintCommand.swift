import ArgumentParser
import Foundation

/// Turns a raw key into the name under which alerts show it.
struct FingerprintCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fingerprint",
    abstract: "Reads API keys from standard input, one a line, and prints their fingerprints.",
    discussion: """
      A key that leaked can so be found in alerts and databases, which never hold it:

        tollwatch fingerprint --db incident.sqlite < leaked-keys.txt
      """)

  @Option(help: "The file with the installation's secret.")
  var fingerprintKey: String?

  @Option(help: "The database beside which the secret lies.")
  var db: String?

  func run() throws {
    do throws(Stop) {
      let fingerprints =
        if fingerprintKey == nil, let db {
          try Fingerprints(besideDatabase: db)
        } else {
          try Fingerprints(
            path: fingerprintKey ?? Fingerprints.usersPath, isNamed: fingerprintKey != nil)
        }
      while let line = readLine() {
        guard !line.isEmpty else { continue }
        print(fingerprints.name(for: Array(line.utf8)))
      }
    } catch {
      StandardError.writeLine(error.message)
      throw error.status
    }
  }
}
