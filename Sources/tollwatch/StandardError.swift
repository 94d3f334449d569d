import Foundation
import Terminal

/// Text for the person at the terminal; alerts go to standard output alone.
enum StandardError {
  /// Writes `text`, in which no client's text may act on the terminal, as a line.
  static func writeLine(_ text: String) {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let safe = lines.map { TerminalText.escaped(String($0)) }.joined(separator: "\n")
    try? FileHandle.standardError.write(contentsOf: Data((safe + "\n").utf8))
  }
}
