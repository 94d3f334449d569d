import AlertStore
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
      let fingerprints = try fingerprints()
      while let line = readLine() {
        guard !line.isEmpty else { continue }
        print(fingerprints.name(for: Array(line.utf8)))
      }
    } catch {
      StandardError.writeLine(error.message)
      throw error.status
    }
  }

  private func fingerprints() throws(Stop) -> Fingerprints {
    guard let db else {
      return try Fingerprints(
        path: fingerprintKey ?? Fingerprints.usersPath, isNamed: fingerprintKey != nil)
    }
    return try fingerprints(ofDatabase: db)
  }

  /// Those that the alerts of the database show; with any other key a leaked key would seem to
  /// be in none of them, so none is made here.
  private func fingerprints(ofDatabase path: String) throws(Stop) -> Fingerprints {
    let wanted: String?
    do {
      wanted = try AlertReader.open(path: path).fingerprintKeyID()
    } catch { throw Stop(ExitStatus.failed, "\(error)") }
    let keyPath = fingerprintKey ?? Fingerprints.path(besideDatabase: path)
    guard let fingerprints = Fingerprints.existing(told: fingerprintKey, database: path),
      wanted == nil || fingerprints.identifier == wanted
    else {
      throw Stop(
        ExitStatus.noInput,
        "\(keyPath): not the fingerprint key of \(path)\(wanted.map { ", which is \($0)" } ?? ""); "
          + "name the file that lay beside the database where it was written: "
          + "--fingerprint-key FILE")
    }
    return fingerprints
  }
}
