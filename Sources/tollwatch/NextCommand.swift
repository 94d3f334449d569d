import AccessLog
import Foundation
import Sinks

/// What to type next time, so that nothing has to be guessed again.
struct NextCommand {
  private static let commands: Set = [
    "replay", "registry", "draft", "trace", "check", "rules", "explain", "backtest",
  ]

  /// The words of this process, the program's name first.
  var words = CommandLine.arguments

  /// The same command with `--format`; `nil` where the sources differ and need a configuration.
  func text(formats: [String]) -> String? {
    guard let format = formats.first, formats.allSatisfy({ $0 == format }) else { return nil }
    return withoutDraftOutput.with(["--format", format])
  }

  /// A draft replaces no file, so that next time the one that it wrote now would be in the way.
  private var withoutDraftOutput: NextCommand {
    guard words.dropFirst().starts(with: ["registry", "draft"]) else { return self }
    var kept: [String] = []
    var rest = words[...]
    while let word = rest.popFirst() {
      if word == "--" { return NextCommand(words: kept + [word] + rest) }
      if word == "-o" || word == "--output" {
        _ = rest.popFirst()
      } else if !word.hasPrefix("--output=") {
        kept.append(word)
      }
    }
    return NextCommand(words: kept)
  }

  /// The same command with `options` behind its name.
  func with(_ options: [String]) -> String {
    let rest = words.dropFirst()
    let names = rest.prefix { Self.commands.contains($0) }
    let text = ShellText.command(
      ["tollwatch"] + names + options + rest.dropFirst(names.count))
    return rest.contains("-") || options.contains("-") ? "… | \(text)" : text
  }

  /// A configuration that says what was guessed, for sources of several formats.
  static func configuration(_ sources: [(name: String, paths: [String], format: String)]) -> String
  {
    let all = sources.flatMap(\.paths)
    let rows = sources.map { source in
      let paths = globs(source.paths, among: all).map(yaml).joined(separator: ", ")
      return "  - {name: \(yaml(source.name)), paths: [\(paths)], format: \(source.format)}"
    }
    return (["sources:"] + rows).joined(separator: "\n")
  }

  /// One glob for a log and its rotations, where it means no other file.
  private static func globs(_ paths: [String], among all: [String]) -> [String] {
    guard paths.count > 1, let first = paths.first else { return paths }
    let prefix = paths.dropFirst().reduce(first) { $0.commonPrefix(with: $1) }
    let isOwn = all.count { $0.hasPrefix(prefix) } == paths.count
    let isPlain = !prefix.contains { "*?[{~".contains($0) }
    if isOwn, isPlain, let last = prefix.last, last != "/" { return [prefix + "*"] }
    return paths
  }

  /// In single quotes, which YAML and people read alike.
  private static func yaml(_ text: String) -> String {
    "'" + text.replacingScalar("'", with: "''") + "'"
  }
}
