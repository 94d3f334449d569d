import Foundation
import Testing

/// What `check` says, and by which status.
@Suite struct CheckCommandTests {
  private let folder: TemporaryFolder

  private static let line =
    #"10.0.0.1 - shop [02/Mar/2026:00:00:00 +0000] "GET /v1/a?t=super-secret HTTP/1.1" 200 5 "-" "curl""#

  init() throws {
    folder = try TemporaryFolder()
    try folder.write(Self.line + "\n" + Self.line + "\n", to: "good.log")
    try folder.write(
      "sources:\n  - {name: edge, paths: [good.log], format: combined}\n", to: "good.yaml")
  }

  private func check(_ words: String...) throws -> Tollwatch.Outcome {
    try Tollwatch.run(["check"] + words, in: folder.path)
  }

  @Test func `no faults are one line where nobody looks`() throws {
    let outcome = try check("--config", "good.yaml")
    #expect(outcome.status == 0, "\(outcome.text)")
    #expect(outcome.lines.count == 1)
    #expect(outcome.text.hasPrefix("no faults"))
    #expect(outcome.report.isEmpty)
    // Not even a fingerprint key is made.
    #expect(folder.files.count == 2)
  }

  @Test func `all faults of all files come at once, each with its place`() throws {
    try folder.write(
      """
      sources:
        - {name: edge, paths: [good.log], format: combned}
      registry: [keys.csv, registry.yaml]
      rules: [rules.yaml]
      """, to: "bad.yaml")
    try folder.write("key,tier\nsuper-secret-1,super-secret-2\n", to: "keys.csv")
    try folder.write("keys:\n  - {super-secret-3: 1, key: a}\n", to: "registry.yaml")
    try folder.write("rules:\n  - {id: x, titel: X}\n", to: "rules.yaml")
    let outcome = try check("--config", "bad.yaml")
    #expect(outcome.status == 78)
    for place in [
      "bad.yaml:2:45: error", "keys.csv:2:16: error", "registry.yaml:2:6: error",
      "rules.yaml:2:5: error",
    ] { #expect(outcome.text.contains(place), "\(place) in \(outcome.text)") }
    #expect(outcome.text.contains("did you mean 'combined'?"))
    #expect(!outcome.text.contains("super-secret"))
  }

  @Test func `sample lines show shares, a caret, fields, and no secret`() throws {
    try folder.write(
      (Self.line + "\n").replacing("200 5", with: "OK 5") + Self.line + "\n", to: "half.log")
    let outcome = try check("half.log", "--format", "combined")
    #expect(outcome.status == 78, "\(outcome.text)")
    #expect(outcome.text.contains("1 of the first 2 lines match (50 %)"))
    #expect(outcome.text.contains("half.log:1:82: a number was expected"), "\(outcome.text)")
    #expect(outcome.text.contains("\n    time "))
    #expect(outcome.text.contains("caller      shop") || outcome.text.contains("caller  "))
    #expect(!outcome.text.contains("super-secret"))
  }

  @Test func `a wrong format is a fault, and the one that fits is told`() throws {
    let outcome = try check("good.log", "--format", "caddy")
    #expect(outcome.status == 78)
    #expect(outcome.text.contains("combined reads 100 in 100"), "\(outcome.text)")
  }

  @Test func `an unknown variable is a warning with the nearest name`() throws {
    let template = #"$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_snt "#
    let outcome = try check("--log-format", template + #""$http_referer" "$http_user_agent""#)
    #expect(outcome.status == 0, "\(outcome.text)")
    let json = try check("--output", "json", "--log-format", template + "$http_referer")
    let object = try JSONSerialization.jsonObject(with: json.output) as? [String: Any]
    let fault = (object?["faults"] as? [[String: Any]])?.first
    #expect(fault?["severity"] as? String == "warning")
    #expect(fault?["suggestion"] as? String == "$body_bytes_sent")
    #expect(fault?["column"] as? Int == 62)
  }

  @Test func `a missing file hides no fault of another`() throws {
    try folder.write("rules:\n  - {id: x, titel: X}\n", to: "rules.yaml")
    let outcome = try check("--rules", "missing.yaml", "--rules", "rules.yaml")
    #expect(outcome.text.contains("missing.yaml: error: no such file"), "\(outcome.text)")
    #expect(outcome.text.contains("rules.yaml:2:5: error"), "\(outcome.text)")
  }

  @Test func `warnings are told with their text, also where nobody looks`() throws {
    try folder.write(
      "suppliers: {north: {}}\nkeys:\n  - {key: a, supplier: nroth}\n", to: "registry.yaml")
    let outcome = try check("--registry", "registry.yaml")
    #expect(outcome.status == 0, "\(outcome.text)")
    #expect(outcome.text.contains("registry.yaml:3:24: warning: the supplier"), "\(outcome.text)")
    #expect(outcome.text.contains("did you mean 'north'?"))
    #expect(outcome.text.contains("no faults, 1 warning"))
  }

  @Test(arguments: [["--format", "nonsense"], ["--log-format", "$status $bla{"]])
  func `a fault of the command line is told once`(words: [String]) throws {
    let outcome = try Tollwatch.run(["check", "good.log"] + words, in: folder.path)
    #expect(outcome.status == 78)
    #expect(outcome.text.contains("1 fault"), "\(outcome.text)")
  }

  @Test func `an identity that is not logged shows at its own place`() throws {
    let template = #"$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_snt"#
    try folder.write(
      """
      sources:
        - name: edge
          paths: [good.log]
          log_format: '\(template)'
          identity: [$remote_user, $http_x_key]
      """, to: "identity.yaml")
    let outcome = try check("--config", "identity.yaml")
    #expect(outcome.text.contains("identity.yaml:5:30: error: the identity"), "\(outcome.text)")
    let flag = try check("--log-format", template, "--identity", "$http_x_key", "good.log")
    #expect(flag.text.contains("--identity: error: the identity"), "\(flag.text)")
    #expect(flag.text.contains("1 fault"), "\(flag.text)")
  }

  @Test func `an unknown variable is a warning in a configuration without a format, too`() throws {
    try folder.write(
      """
      sources:
        - name: edge
          paths: [none.log]
          log_format: '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_snt'
      """, to: "unknown.yaml")
    let outcome = try check("--config", "unknown.yaml")
    #expect(outcome.status == 0, "\(outcome.text)")
    #expect(outcome.text.contains("unknown.yaml:4:79: warning: "), "\(outcome.text)")
    #expect(outcome.text.contains("did you mean '$body_bytes_sent'?"))
  }

  @Test func `what no format fits gets a format to start from`() throws {
    let lines = (0..<9).map {
      "2026-03-02 10:00:0\($0),250 client=10.0.0.\($0) user=shop-\($0) \"GET /v1/a?t=super-secret\" "
        + "status=200 took=0.01\($0)"
    }
    try folder.write(lines.joined(separator: "\n") + "\n", to: "own.log")
    let outcome = try check("own.log")
    #expect(outcome.status == 78)
    #expect(outcome.text.contains("no format that is known fits"), "\(outcome.text)")
    #expect(outcome.text.contains("it reads 9 of the first 9"), "\(outcome.text)")
    #expect(outcome.text.contains("own.log:1:"))
    #expect(!outcome.text.contains("super-secret"))
    let command = try #require(outcome.text.firstMatch(of: /--format (\w+) --log-format '(.*)'\n/))
    let again = try check(
      "own.log", "--format", String(command.1), "--log-format", String(command.2))
    #expect(again.text.contains("9 of the first 9 lines match"), "\(again.text)")
  }

  @Test func `a format that leaves the end of the lines unread is told, with one that reads it`()
    throws
  {
    let lines = (0..<4).map { Self.line + " \"key-\($0)\" 0.01\($0)" }
    try folder.write(lines.joined(separator: "\n") + "\n", to: "more.log")
    let outcome = try check("more.log")
    #expect(outcome.status == 0 && outcome.text.contains("4 go on after the end"))
    #expect(outcome.text.contains("- $remote_user [$time_local]"), "\(outcome.text)")
    let replay = try Tollwatch.run(["replay", "more.log"], in: folder.path)
    #expect(replay.report.contains("leaves the end of 100 unread"), "\(replay.report)")
  }

  @Test func `a draft warns of no name of its own`() throws {
    let outcome = try check(
      "good.log", "--log-format",
      "$remote_addr - $remote_user [$time_local] \"$request\" $status $field_1 \"-\" \"$field_2\"")
    #expect(outcome.text.hasSuffix("no faults: 6 rules\n"), "\(outcome.text)")
  }

  @Test func `a draft of a line that no preset reads takes no port for a status`() throws {
    let lines = (0..<4).map {
      "2026-03-02T10:00:0\($0).250Z 443 10.0.0.\($0) \"GET /v1/a HTTP/1.1\" 404 12 \"x/1\" \"x/1\""
    }
    try folder.write(lines.joined(separator: "\n") + "\n", to: "own.log")
    let outcome = try check("own.log")
    let command = try #require(
      outcome.text.firstMatch(of: /--format (\w+) --log-format '(.*)'\n/), "\(outcome.text)")
    let again = try check(
      "own.log", "--format", String(command.1), "--log-format", String(command.2))
    #expect(again.text.contains("status      404") || again.text.contains("status     404"))
    #expect(again.text.contains("time        2026-03-02T10:00:00.250Z"), "\(again.text)")
  }

  @Test func `settings are told from logs by what they begin with`() throws {
    try folder.write("tiers:\n  bronze: {rate_per_second: fast}\n", to: "keys.yaml")
    try folder.write("rules:\n  - {id: Bad Id, title: x, kind: spike}\n", to: "mine.yaml")
    let outcome = try check("good.yaml", "keys.yaml", "mine.yaml")
    #expect(outcome.status == 78)
    #expect(outcome.text.contains("keys.yaml:2:"), "\(outcome.text)")
    #expect(outcome.text.contains("mine.yaml:2:"), "\(outcome.text)")
    // A fault of the rules hides no line of a log.
    #expect(outcome.text.contains("2 of the first 2 lines match"), "\(outcome.text)")
  }

  @Test func `a registry that is named twice is read once`() throws {
    try folder.write("key,name\nk-1,one\n", to: "keys.csv")
    try folder.write(
      """
      sources: [{name: edge, paths: [good.log], format: combined}]
      registry: [keys.csv]
      """, to: "twice.yaml")
    let outcome = try check("--config", "twice.yaml", "--registry", "./keys.csv")
    #expect(outcome.status == 0, "\(outcome.text)")
    #expect(!outcome.text.contains("keys.csv:2"), "\(outcome.text)")
  }

  @Test func `a log that is a table is a log`() throws {
    try folder.write(Self.line + "\n", to: "log.csv")
    try folder.write("key,tier\nk-1,gold\n", to: "keys.csv")
    #expect(try check("log.csv").text.contains("1 of the first 1 line match"))
    #expect(try check("keys.csv").text.contains("keys.csv:2:"))
  }

  @Test func `where no line names its caller a field is told only if there is one`() throws {
    try folder.write(
      Self.line.replacing(" shop ", with: " - ") + "\n", to: "nobody.log")
    let none = try check("--format", "combined", "nobody.log")
    #expect(none.text.contains("the format has no field for one"), "\(none.text)")
    let header = try check(
      "nobody.log", "--log-format",
      "$remote_addr - - [$time_local] \"$request\" $status $body_bytes_sent \"$http_x_api_key\" \"$field_1\"",
      "--identity", "$remote_addr")
    #expect(!header.text.contains("--identity '$remote_user'"), "\(header.text)")
  }

  @Test func `of a format's fields that one is told which holds callers`() throws {
    let lines = (0..<20).map { index in
      #"10.0.0.1 - - [02/Mar/2026:00:00:00 +0000] "GET / HTTP/1.1" 200 5 "\#(index * 7)" "#
        + #""shop-\#(index % 3)" "r\#(index)""#
    }
    try folder.write(lines.joined(separator: "\n") + "\n", to: "drafted.log")
    let outcome = try check(
      "drafted.log", "--log-format",
      "$remote_addr - $remote_user [$time_local] \"$request\" $status $body_bytes_sent \"$field_1\" "
        + "\"$field_2\" \"$field_3\"")
    #expect(outcome.text.contains("--identity '$field_2'"), "\(outcome.text)")
  }

  @Test func `a fault hides no other, of the same source or of another`() throws {
    try folder.write(
      #"""
      registry: [registry.yaml]
      rules: [rules.yaml]
      sources:
        - name: one
          paths: [good.log]
          format: nginx
          log_format: '$remote_addr - $remote_user [$time_local] "$request" $statuz $bytes_sent'
          identity: [$http_x_api_key, $http_x_key]
        - {name: two, paths: [none*.log], format: combned, sampling: many}
        - {name: three, paths: [good.log], format: caddy}
      """#, to: "bad.yaml")
    try folder.write(
      """
      tiers: {gold: 5, silver: {rate_per_second: many}}
      suppliers: {north: {timezone: Europe/Osloo}}
      keys:
        - {tier: golt, supplier: nort}
        - {key: b, tier: gold}
        - {key: b, tier: silver}
      """, to: "registry.yaml")
    try folder.write(
      "rules:\n  - {id: x, title: X, kind: spike, per: client}\n", to: "rules.yaml")
    let outcome = try check("--config", "bad.yaml")
    for part in [
      "no variable $statuz", "the identity '$http_x_api_key'", "the identity '$http_x_key'",
      "none*.log", "did you mean 'combined'", "'sampling'", "none of the format 'caddy'",
      "tier of this key is not declared (gold, silver)", "'north'?", "another row",
      "'rate_per_second'", "Europe/Oslo'?", "did you mean 'client_ip'?",
    ] { #expect(outcome.text.contains(part), "\(part) in \(outcome.text)") }
    // A tier that is no mapping is declared all the same.
    let ofTier = outcome.text.split(separator: "\n").filter { $0.contains("is not declared") }
    #expect(ofTier.count == 1, "\(ofTier)")
    #expect(ofTier.first?.contains("registry.yaml:4:") == true, "\(ofTier)")
  }

  @Test func `a misspelt command is told with the one that was meant`() throws {
    let outcome = try Tollwatch.run(["chekc", "good.log"], in: folder.path)
    #expect(outcome.status == 64)
    #expect(outcome.report.contains("did you mean 'check'?"), "\(outcome.report)")
  }

  @Test func `JSON says the same as text`() throws {
    let outcome = try check("good.log", "--output", "json")
    let object = try JSONSerialization.jsonObject(with: outcome.output) as? [String: Any]
    #expect(object?["ok"] as? Bool == true)
    let source = (object?["sources"] as? [[String: Any]])?.first
    #expect(source?["format"] as? String == "combined")
    #expect(source?["matched"] as? Int == 2)
    #expect(source?["identified"] as? Int == 2)
  }

  private static let wrong: [(words: String, status: Int32)] = [
    ("", 64), ("-", 64), ("missing.log", 78), ("--config missing.yaml", 78),
    ("--format nonsense good.log", 78), ("--sideways", 64),
  ]

  @Test(arguments: wrong)
  func `the status says what was wrong`(words: String, status: Int32) throws {
    let arguments = words.split(separator: " ").map(String.init)
    let outcome = try Tollwatch.run(["check"] + arguments, in: folder.path)
    #expect(outcome.status == status, "\(outcome.text) \(outcome.report)")
  }
}
