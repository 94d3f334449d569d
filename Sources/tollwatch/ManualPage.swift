import Foundation

/// The manual page of all commands, in the man(7) macros.
///
/// It is made from what the argument parser knows of the commands (its help as JSON, of which
/// `serializationVersion` 0 is read), so that it says what `--help` says.
struct ManualPage {
  /// A command of the dump, as far as the page needs it.
  private struct Command: Decodable {
    var commandName: String
    var abstract: String?
    var discussion: String?
    var shouldDisplay: Bool
    var arguments: [Argument]?
    var subcommands: [Command]?
  }

  private struct Argument: Decodable {
    struct Name: Decodable {
      var kind: String
      var name: String

      /// `--name`, `-n`.
      var text: String { (kind == "long" ? "--" : "-") + name }
    }

    var kind: String
    var names: [Name]?
    var valueName: String?
    var abstract: String?
    var defaultValue: String?
    var shouldDisplay: Bool
    var isOptional: Bool
    var isRepeating: Bool
  }

  private struct Dump: Decodable {
    var command: Command
  }

  private let root: Command

  /// - Parameter dump: The parser's help as JSON.
  init(dump: String) throws {
    root = try JSONDecoder().decode(Dump.self, from: Data(dump.utf8)).command
  }

  var text: String {
    let abstract = Self.escaped(root.abstract ?? "")
    var lines = [
      ".TH TOLLWATCH 1 \"\" \"tollwatch \(Tollwatch.version)\" \"User Commands\"", ".SH NAME",
      "tollwatch \\- \(abstract.prefix(1).lowercased())\(abstract.dropFirst())", ".SH SYNOPSIS",
    ]
    for command in shown(root) {
      lines.append(contentsOf: Self.bold("tollwatch \(command.commandName)") + [".br"])
    }
    if let discussion = root.discussion {
      lines += [".SH DESCRIPTION"] + Self.paragraphs(discussion)
    }
    lines += [".SH COMMANDS"]
    for command in shown(root) { lines += section(of: command, path: ["tollwatch"]) }
    lines += Self.exitStatus + Self.environment
    return lines.joined(separator: "\n") + "\n"
  }

  private func shown(_ command: Command) -> [Command] {
    (command.subcommands ?? []).filter { $0.shouldDisplay && $0.commandName != "help" }
  }

  private func section(of command: Command, path: [String]) -> [String] {
    let path = path + [command.commandName]
    var lines = [".SS \"\(Self.escaped(usage(of: command, path)))\""]
    if let abstract = command.abstract { lines.append(Self.escaped(abstract)) }
    if let discussion = command.discussion { lines += Self.paragraphs(discussion) }
    for argument in command.arguments ?? [] where argument.shouldDisplay {
      let isOfAll = argument.names?.contains { ["help", "version"].contains($0.name) } ?? false
      if !isOfAll { lines += entry(for: argument) }
    }
    for inner in shown(command) { lines += section(of: inner, path: path) }
    return lines
  }

  /// `tollwatch replay [options] [<logs> ...]`.
  private func usage(of command: Command, _ path: [String]) -> String {
    var words = path
    let arguments = (command.arguments ?? []).filter(\.shouldDisplay)
    if !shown(command).isEmpty { words.append("<command>") }
    if arguments.contains(where: { $0.kind != "positional" }) { words.append("[options]") }
    for argument in arguments where argument.kind == "positional" {
      let name = "<\(argument.valueName ?? "value")>" + (argument.isRepeating ? " ..." : "")
      words.append(argument.isOptional ? "[\(name)]" : name)
    }
    return words.joined(separator: " ")
  }

  private func entry(for argument: Argument) -> [String] {
    let value = "<\(argument.valueName ?? "value")>"
    let names = (argument.names ?? []).map(\.text)
    let heading =
      argument.kind == "positional"
      ? value : names.joined(separator: ", ") + (argument.kind == "option" ? " \(value)" : "")
    var words = argument.abstract ?? ""
    if let known = argument.defaultValue, !known.isEmpty { words += " Default: \(known)." }
    return [".TP"] + Self.bold(heading) + [Self.escaped(words)]
  }

  // MARK: - roff

  /// Text that is filled, and indented lines (examples), which stay as they are.
  private static func paragraphs(_ text: String) -> [String] {
    var lines: [String] = []
    var isExample = false
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      let isIndented = line.hasPrefix("  ")
      if isIndented != isExample, !line.isEmpty {
        lines += isIndented ? [".PP", ".EX"] : [".EE", ".PP"]
        isExample = isIndented
      } else if line.isEmpty, !isExample {
        lines.append(".PP")
      }
      if !line.isEmpty { lines.append(escaped(String(line))) }
    }
    if isExample { lines.append(".EE") }
    return [".PP"] + lines
  }

  private static func bold(_ text: String) -> [String] { [".B \(escaped(text))"] }

  /// A backslash is one, a hyphen can be copied, a line is no request, and a quote ends nothing.
  private static func escaped(_ text: String) -> String {
    let plain = text.replacing("\\", with: "\\e").replacing("-", with: "\\-")
      .replacing("\"", with: "\\(dq")
    return plain.hasPrefix(".") || plain.hasPrefix("'") ? "\\&" + plain : plain
  }

  // MARK: - what no command knows

  private static var exitStatus: [String] {
    [".SH EXIT STATUS"]
      + ExitStatus.meanings.flatMap { code, meaning in
        [".TP"] + bold("\(code)") + [escaped(meaning)]
      }
  }

  private static let environment: [String] =
    [".SH ENVIRONMENT", ".TP"] + bold("NO_COLOR")
    + ["If set and not empty, nothing is coloured.", ".TP"] + bold("TERM")
    + [
      escaped("If dumb or not set, there is neither colour nor a line of progress."), ".TP",
    ] + bold("XDG_STATE_HOME")
    + [escaped("Where fingerprint_key is kept for runs without a database.")]
}
