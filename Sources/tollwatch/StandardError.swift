import Foundation
import Terminal

/// Text for the person at the terminal; alerts go to standard output alone.
enum StandardError {
  /// Writes `text`, in which no client's text may act on the terminal, as a line.
  static func writeLine(_ text: String) {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let safe = lines.map { TerminalText.escaped(String($0)) }.joined(separator: "\n")
    write(safe + "\n")
  }

  /// Writes `text` as it is: our own words and escape sequences alone.
  static func write(_ text: String) {
    try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
  }
}
