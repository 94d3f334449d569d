import Foundation
import Testing

@testable import tollwatch

/// What `--help` and the manual page say, and that it is so.
@Suite struct HelpTests {
  /// A command as the argument parser tells of it.
  private struct Command: Decodable {
    struct Argument: Decodable {
      struct Name: Decodable { var name: String }
      var names: [Name]?
      var shouldDisplay: Bool
      var abstract: String?
    }

    var commandName: String
    var abstract: String?
    var discussion: String?
    var shouldDisplay: Bool
    var arguments: [Argument]?
    var subcommands: [Command]?

    /// This one and all below it.
    var all: [Command] { [self] + (subcommands ?? []).flatMap(\.all) }

    /// The indented lines of its help that are commands to type.
    var examples: [String] {
      (discussion ?? "").split(separator: "\n").filter { $0.hasPrefix("  ") }
        .map { $0.trimmingCharacters(in: .whitespaces) }.filter { $0.contains("tollwatch ") }
    }
  }

  private struct Dump: Decodable { var command: Command }

  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func commands() throws -> [Command] {
    let dump = try Tollwatch.run(["--experimental-dump-help"], in: folder.path)
    let root = try JSONDecoder().decode(Dump.self, from: dump.output).command
    return root.all.filter { $0.commandName != "help" }
  }

  // MARK: - examples

  private static let short = #"$remote_addr [$time_local] "$request" $status"#

  /// What examples name and no test can have, and what stands in for it; in this order.
  private static let standIns = [
    ("/srv/archive/", "archive/"), ("/srv/backup/tollwatch", "copy"), ("/etc/tollwatch/", ""),
    ("/var/lib/tollwatch/tollwatch.sqlite", "service.sqlite"),
    ("/var/log/nginx/access.log", "access.log"),
    ("/var/log/nginx/", "archive/"), ("--days 15", "--days 15 --lines-a-day 500"),
    ("'\(short)' access.log", "'\(short)' short.log"), ("-o registry.yaml", "-o drafted.yaml"),
    ("'…' access.log.gz", #"'\#(short) "$http_x_api_key"' keyed.log"#),
    ("northwind-1", "northwind-shop"), ("access.log.1.gz", "access.log"),
    ("key:3f9a0c1d2b4e5f60", "northwind-shop"), ("--from 2026-11-20", "--from 2026-03-08"),
    (
      "--kind request-id access.log",
      "--kind request-id --log-format '\(short) $request_id' ids.log"
    ),
  ]

  /// Logs of a line in formats that no preset knows.
  private func writeOwnFormats() throws {
    let line = #"10.0.0.1 [02/Mar/2026:00:00:00 +0000] "GET /v1/orders HTTP/1.1" 200"#
    try folder.write(line + "\n", to: "short.log")
    try folder.write(line + " \"a-key-that-leaked\"\n", to: "keyed.log")
    try folder.write(line + " 7f3c5d0e9b2a4c6d\n", to: "ids.log")
  }

  /// The files that examples name, from a fortnight of simulated traffic.
  private func prepare() throws {
    let simulated = try Tollwatch.run(
      words("simulate --seed 7 --days 15 --lines-a-day 2000 --plant tier --combined --out archive"),
      in: folder.path)
    #expect(simulated.status == 0, "\(simulated.report)")
    let files = FileManager.default
    let archive = folder.path + "/archive/"
    let names = try files.contentsOfDirectory(atPath: archive).sorted()
    for name in names where name.hasPrefix("access.log") {
      try files.copyItem(atPath: archive + name, toPath: folder.path + "/" + name)
    }
    let plain = try Shell.gunzip(
      Data(contentsOf: URL(filePath: archive + (names.first { $0.hasSuffix(".gz") } ?? ""))))
    try folder.write(plain, to: "access.log")
    try files.copyItem(atPath: archive + "rules.yaml", toPath: folder.path + "/rules.yaml")
    let configuration = try String(contentsOfFile: archive + "tollwatch.yaml", encoding: .utf8)
    try folder.write(
      configuration + "store: service.sqlite\nbackfill: 3650d\n", to: "tollwatch.yaml")
    try folder.write(configuration + "store: moved.sqlite\n", to: "new.yaml")
    try writeOwnFormats()
    let registry = try String(contentsOfFile: archive + "registry.yaml", encoding: .utf8)
    try folder.write(
      registry
        + "apis: {orders: {routes: [/v*/orders], versions: {v1: {deprecated: 2026-01-01}}}}\n",
      to: "registry.yaml")
    try files.createDirectory(
      atPath: folder.path + "/my-rules", withIntermediateDirectories: true)
    try folder.write(
      "rules: [{id: limit, title: A limit, kind: threshold, above: 300}]\n",
      to: "new-rules/limit.yaml")
    try folder.write(
      "title: Logins\ndetection: {s: {c-uri: /login}, condition: s}\n", to: "sigma/login.yml")
    try folder.write("a-key-that-leaked\n", to: "leaked-keys.txt")
    try folder.write("timestamp,value\n1700000000,5\n", to: "series.csv")
    for name in ["incident.sqlite", "gateway.sqlite"] {
      let replayed = try sh(
        "tollwatch replay --registry registry.yaml --db \(name) archive/access.log*")
      #expect(replayed.status == 0, "\(replayed.report)")
    }
    let served = try serve("tollwatch run --config tollwatch.yaml")
    #expect(served.status == 0, "\(served.report)")
  }

  private func words(_ text: String) -> [String] { text.split(separator: " ").map(String.init) }

  /// Runs a line as a shell does in the folder.
  private func sh(_ line: String) throws -> (status: Int32, output: String, report: String) {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = ["-c", "{ \(line)\n} > .output 2> .report < .input"]
    process.currentDirectoryURL = URL(filePath: folder.path)
    let tools = URL(filePath: Tollwatch.path).deletingLastPathComponent().path
    process.environment = [
      "PATH": "\(tools):/usr/bin:/bin", "XDG_STATE_HOME": folder.path + "/state",
    ]
    try folder.write(Data(), to: ".input")
    try process.run()
    process.waitUntilExit()
    let read = { (name: String) in
      (try? String(contentsOfFile: folder.path + "/" + name, encoding: .utf8)) ?? ""
    }
    return (process.terminationStatus, read(".output"), read(".report"))
  }

  /// A service ends when it is told to, which it is when it has read all there is.
  private func serve(_ line: String) throws -> (status: Int32, output: String, report: String) {
    let run = try Tollwatch.Running(
      Array(words(line).dropFirst()), in: folder.path, state: folder.path + "/state")
    try run.wait(
      for: { status in
        let areRead = status.sources.map { $0.lagBytes == 0 && $0.waitingSegments == 0 }
        return status.lines > 0 && areRead.allSatisfy { $0 }
      }, of: "tollwatch.yaml")
    kill(run.identifier, SIGTERM)
    let outcome = try run.outcome()
    return (outcome.status, outcome.text, outcome.report)
  }

  @Test func `every example of every help text does what it says`() throws {
    try prepare()
    let exported = try sh("tollwatch alerts export --db incident.sqlite").output
    let alert = String(exported.dropFirst(7).prefix(6))
    let log = try String(contentsOfFile: folder.path + "/access.log", encoding: .utf8)
    let address = String(log.prefix { $0 != " " })
    let network = address.split(separator: ".").prefix(3).joined(separator: ".") + ".0/24"
    var count = 0
    // What moves a database away comes after those that look into it.
    let commands = try commands().filter { $0.shouldDisplay || !$0.examples.isEmpty }
    let moving = commands.filter { $0.commandName == "move" }
    for command in commands.filter({ $0.commandName != "move" }) + moving {
      for example in command.examples {
        var line = example.replacing("9b47f8", with: alert)
          .replacing("192.0.2.7", with: address)
          .replacing("192.0.2.0/24", with: network)
        for (name, standIn) in Self.standIns { line = line.replacing(name, with: standIn) }
        let drill = folder.path + "/drill"
        if line.contains("--out drill") { try? FileManager.default.removeItem(atPath: drill) }
        let outcome = command.commandName == "run" ? try serve(line) : try sh(line)
        #expect(outcome.status == 0, "\(line)\n\(outcome.report)\(outcome.output)")
        count += 1
      }
    }
    #expect(count > 15)
  }

  @Test func `what has options to choose from brings an example, and all is explained`() throws {
    for command in try commands() where command.shouldDisplay {
      #expect(command.abstract?.isEmpty == false, "\(command.commandName)")
      for argument in command.arguments ?? [] where argument.shouldDisplay {
        #expect(
          argument.abstract?.isEmpty == false,
          "\(command.commandName) \(argument.names?.first?.name ?? "")")
      }
    }
  }

  // MARK: - the manual page

  @Test func `the manual page tells every command, option and example`() throws {
    let manual = try Tollwatch.run(["manual"], in: folder.path)
    #expect(manual.status == 0)
    let text = manual.text.replacing("\\-", with: "-").replacing("\\e", with: "\\")
      .replacing("\\(dq", with: "\"")
    for command in try commands() where command.shouldDisplay {
      #expect(text.contains(command.commandName))
      for example in command.examples {
        #expect(text.contains(example), "\(example)")
      }
      for name in (command.arguments ?? []).filter(\.shouldDisplay).flatMap({ $0.names ?? [] })
      where !["help", "h", "version"].contains(name.name) {
        #expect(text.contains("--\(name.name)"), "\(command.commandName) \(name.name)")
      }
    }
    #expect(text.contains("EXIT STATUS") && text.contains(".B 130"))
  }

  @Test(.enabled(if: HelpTests.has("groff")))
  func `the manual page is set without a warning`() throws {
    let manual = try Tollwatch.run(["manual"], in: folder.path)
    try folder.write(manual.output, to: "tollwatch.1")
    let outcome = try sh("groff -man -Tutf8 -k -ww -z tollwatch.1")
    #expect(outcome.status == 0 && outcome.report.isEmpty, "\(outcome.report)")
  }

  // MARK: - completions

  private static let shells = [
    ("bash", "source ./completion && complete -p tollwatch"),
    ("zsh", "autoload -Uz compinit && compinit -u && source ./completion && whence -w _tollwatch"),
    ("fish", "source ./completion; complete -c tollwatch"),
  ]

  @Test(arguments: shells)
  func `completions are made, and the shell loads them`(shell: String, check: String) throws {
    let script = try Tollwatch.run(["--generate-completion-script", shell], in: folder.path)
    #expect(script.status == 0)
    #expect(script.text.contains("replay") && script.text.contains("detect-from"))
    guard Self.has(shell) else { return }
    try folder.write(script.output, to: "completion")
    try folder.write(check, to: "check")
    let flags = ["bash": "--norc", "zsh": "-f", "fish": "--no-config"][shell] ?? ""
    let outcome = try sh("HOME=. \(shell) \(flags) ./check")
    #expect(outcome.status == 0 && outcome.output.contains("tollwatch"), "\(outcome.report)")
  }

  private static func has(_ tool: String) -> Bool {
    ["/usr/bin/", "/bin/"].contains { FileManager.default.isExecutableFile(atPath: $0 + tool) }
  }
}
