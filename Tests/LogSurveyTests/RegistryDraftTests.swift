import AccessLog
import Detection
import RuleFiles
import Testing

@testable import LogSurvey

@Suite struct RegistryDraftTests {
  private static func draft(_ lines: [String], hint: String? = nil) throws -> String {
    var survey = TrafficSurvey(hash: SampleLog.hash, fingerprint: SampleLog.fingerprint)
    survey.observe(try SampleLog.batch(lines))
    return RegistryDraft(origin: "1 file", fingerprintKeyID: "abcd1234", identityHint: hint)
      .text(of: survey)
  }

  private static func load(_ text: String) throws -> LoadedRegistry {
    try RegistryLoader.load([SourceFile(name: "registry.yaml", text: text)]) {
      SampleLog.fingerprint(Array($0.utf8))
    }
  }

  @Test func `a draft loads without a fault and finds the keys again`() throws {
    let text = try Self.draft([
      SampleLog.line(second: 1, user: "northwind-1"),
      SampleLog.line(second: 2, user: "northwind-2"),
      SampleLog.line(second: 3, key: "super-secret"),
    ])
    let loaded = try Self.load(text)
    #expect(loaded.warnings.isEmpty, "\(loaded.warnings)")
    let registry = loaded.registry
    #expect(registry.keys.count == 3)
    #expect(registry.keys.allSatisfy { $0.tier != nil })
    #expect(registry.suppliers.map(\.name) == ["northwind"])
    let names = registry.keys.flatMap(\.identities)
    #expect(names.contains(.name("northwind-1")))
    #expect(names.contains(.fingerprint(SampleLog.fingerprint(Array("super-secret".utf8)))))
    #expect(registry.apis.map(\.name) == ["orders"])
    #expect(registry.apis.first?.routes == ["/v*/orders/{id}"])
  }

  @Test func `the busiest addresses have their true numbers among hundreds`() throws {
    let addresses = (0..<400).map { "10.0.\($0 / 200).\($0 % 200)" }
    let rounds = [addresses, ["10.0.0.7"], addresses, ["10.0.1.9"], ["10.0.0.7"]]
    let text = try Self.draft(
      rounds.flatMap(\.self).enumerated().map { SampleLog.line(second: $0, address: $1) })
    #expect(text.contains("#   10.0.0.7  4 requests\n#   10.0.1.9  3 requests\n"), "\(text)")
  }

  @Test func `shares of too many networks to count are told as the least`() throws {
    let lines = (0..<200).map {
      SampleLog.line(second: $0, address: "10.0.\($0).1", user: "bob")
    }
    #expect(try Self.draft(lines).contains("/24 (at least 0.5 %)"))
  }

  @Test func `a secret is written as its fingerprint alone`() throws {
    let text = try Self.draft([
      SampleLog.line(second: 1, key: "super-secret"),
      SampleLog.line(second: 2, key: "super-secret", request: "GET /a?key=super-secret HTTP/1.1"),
    ])
    #expect(!text.contains("super-secret"), "\(text)")
    #expect(text.contains(#"{key: "key:"#))
  }

  private static let hostile = [
    #"\x22}, evil: {\x22"#, #"a\x0Ab: c"#, "'", "#", "{", "&a", "*", "!x", #"\x5C"#, "é\u{301}",
    "\u{2028}", "\u{85}", "\u{202e}abc", "null", "~", "yes", "0", "- a", "a: b", "%",
    "\u{1F600}", #"\x00\x07\x1B[2J"#,
  ]

  @Test(arguments: hostile)
  func `whatever a client calls itself, the draft loads and has that name`(name: String) throws {
    let quoted = name.replacing(" ", with: "\u{20}")
    let lines = (0..<RegistryDraft.oddRequestCountMin).map {
      SampleLog.line(second: $0, user: quoted, request: "GET /\(name) HTTP/1.1")
    }
    let batch = try SampleLog.batch(lines)
    try #require(batch.count == lines.count)
    let text = try Self.draft(lines)
    let loaded = try Self.load(text)
    let name = try #require(batch.text(batch.identity[0]))
    #expect(loaded.registry.keys.map(\.identities.first) == [.name(name)], "\(text)")
    let controls = text.unicodeScalars.filter {
      $0 != "\n" && $0.properties.generalCategory == .control
    }
    #expect(controls.isEmpty)
  }

  @Test func `paths that only scanners ask for are no API`() throws {
    let calls = (0..<9).map { SampleLog.line(second: $0, user: "bob") }
    let scans = (0..<90).map {
      SampleLog.line(
        second: $0, user: "bob", request: "GET /v1/config/dump HTTP/1.1", status: 404)
    }
    let registry = try Self.load(try Self.draft(calls + scans)).registry
    #expect(registry.apis.map(\.name) == ["orders"], "\(registry.apis)")
  }

  @Test func `names that are no UTF-8 are left out, because two could become one`() throws {
    let lines = (0..<2 * RegistryDraft.oddRequestCountMin).map {
      SampleLog.line(second: $0, user: $0 % 2 == 0 ? #"bob\xFF"# : #"bob\xFE"#)
    }
    let text = try Self.draft(lines)
    #expect(try Self.load(text).registry.keys.isEmpty, "\(text)")
    #expect(text.contains("Left out: 2 keys"), "\(text)")
  }

  @Test func `a name that looks like a fingerprint is left out and counted`() throws {
    let text = try Self.draft([SampleLog.line(second: 1, user: "key:0123456789abcdef")])
    #expect(try Self.load(text).registry.keys.isEmpty)
    #expect(text.contains("# Left out: 1 key"))
  }

  @Test func `what attackers put where a name belongs is left out and counted`() throws {
    let text = try Self.draft([
      SampleLog.line(second: 1, user: "admin' OR 1=1;--"),
      SampleLog.line(second: 2, user: String(repeating: "a", count: 65)),
      SampleLog.line(second: 3, user: "root", status: 401),
      SampleLog.line(second: 4, user: "shop@north.example"),
      SampleLog.line(second: 5, user: "shop@north.example", status: 500),
    ])
    #expect(
      try Self.load(text).registry.keys.flatMap(\.identities).filter { $0 == .name("root") }.isEmpty
    )
    #expect(try Self.load(text).registry.keys.count == 1)
    #expect(text.contains("# Left out: 3 keys that got nothing but errors"), "\(text)")
  }

  @Test func `logs that name no caller say how to name one`() throws {
    let log = [SampleLog.line(second: 1), SampleLog.line(second: 2)]
    let text = try Self.draft(log)
    #expect(try Self.load(text).registry.keys.isEmpty)
    #expect(text.contains("log the header of the key") && !text.contains("--identity"))
    #expect(try Self.draft(log, hint: "$remote_user").contains("--identity '$remote_user'"))
    #expect(text.contains("192.0.2.7  2 requests"))
  }

  @Test func `the same records make the same draft, however they were cut`() throws {
    let lines = (0..<500).map {
      SampleLog.line(
        second: $0 / 3, address: "10.0.\($0 % 7).1", user: "user\($0 % 11)",
        request: "GET /v\($0 % 3)/things/\($0) HTTP/1.1", status: $0 % 9 == 0 ? 429 : 200)
    }
    let whole = try Self.draft(lines)
    for cut in [1, 7, 100, 499] {
      var survey = TrafficSurvey(hash: SampleLog.hash, fingerprint: SampleLog.fingerprint)
      var start = 0
      while start < lines.count {
        let end = min(lines.count, start + cut)
        survey.observe(try SampleLog.batch(Array(lines[start..<end])))
        start = end
      }
      let text = RegistryDraft(origin: "1 file", fingerprintKeyID: "abcd1234").text(of: survey)
      #expect(text == whole)
    }
  }

  @Test func `callers beyond the bound are counted`() throws {
    var survey = TrafficSurvey(
      hash: SampleLog.hash, callerCountMax: 3, fingerprint: SampleLog.fingerprint)
    survey.observe(try SampleLog.batch((0..<10).map { SampleLog.line(second: $0, user: "u\($0)") }))
    #expect(survey.refusedRecordCount == 7)
    #expect(survey.callers().count == 3)
  }
}
