import Foundation
import Testing

@testable import FormatWorkshop

/// Rows written for this test; each says in its first field how it must go.
struct ExamTests {
  private static let combined =
    #"$remote_addr - $remote_user [$time_local] \"$request\" $status $body_bytes_sent"#
  private static let line =
    #"192.0.2.7 - - [21/Nov/2026:19:51:49 +0000] \"GET /v1/a?b=\\x221 HTTP/1.1\" 200 12"#

  private static func row(
    _ expected: String, line: String = line, format: String = "nginx/custom",
    template: String? = combined, tags: String = "[]", source: String = "real gateway on loopback"
  ) throws -> ExamRow {
    let string = template.map { "\"format_string\": \"\($0)\"," } ?? ""
    let json = """
      {"format": "\(format)", \(string) "line": "\(line)", "expected": \(expected), \
      "tags": \(tags), "source": "\(source)", "licence": "none", "note": null}
      """
    return try ExamRow(place: "own.jsonl:1", json: Data(json.utf8))
  }

  private static func verdict(_ row: ExamRow) -> ExamGrader.Verdict {
    ExamGrader.grade(row).verdict
  }

  @Test(arguments: [
    #"{"client_ip": "192.0.2.7", "status": 200, "bytes": 12, "method": "GET"}"#,
    #"{"target": "/v1/a?b=\"1", "path": "/v1/a", "query": "b=\"1", "protocol": "HTTP/1.1"}"#,
    #"{"timestamp": "2026-11-21T19:51:49Z", "user_agent_absent": true, "throttled": false}"#,
    #"{"timestamp": "2026-11-21T19:51:49"}"#,
    #"{"timestamp_between": ["2026-11-21T19:51:49.600Z", "2026-11-21T19:51:50.100Z"]}"#,
    #"{"target_b64": "L3YxL2E/Yj0iMQ==", "target": "/v1/a?b=?"}"#,
  ])
  func `a row whose fields are all found is right`(expected: String) throws {
    #expect(try ExamTests.verdict(Self.row(expected)) == .right)
  }

  @Test(
    arguments: [
      (#"{"status": 404}"#, "status is 200, expected 404"),
      (#"{"client_ip": "192.0.2.8"}"#, #"client_ip is "192.0.2.7", expected "192.0.2.8""#),
      (#"{"target": "/v1/a?b=\\x221"}"#, "target is"),
      (#"{"timestamp": "2026-11-21T19:51:50Z"}"#, "timestamp is 2026-11-21T19:51:49.000Z"),
      (
        #"{"timestamp_between": ["2026-11-21T19:51:47.600Z", "2026-11-21T19:51:48.900Z"]}"#,
        "timestamp_between is"
      ),
      (#"{"latency_ms": 3}"#, "latency_ms is absent"),
      (#"{"latency_ms_max": 3}"#, "latency_ms_max is absent"),
      (#"{"malformed_request": true}"#, "malformed_request is a request"),
      (#"{"status_absent": true}"#, "status_absent is 200"),
      (#"{"reject": true}"#, "a record where there is none"),
    ])
  func `a field that differs makes a row wrong`(expected: String, reason: String) throws {
    guard case .wrong(let reasons) = ExamTests.verdict(try Self.row(expected)) else {
      Issue.record("not wrong")
      return
    }
    #expect(reasons.count == 1 && reasons[0].hasPrefix(reason), "\(reasons)")
  }

  @Test
  func `all fields that differ are told, sorted`() throws {
    let verdict = ExamTests.verdict(
      try Self.row(#"{"status": 1, "method": "PUT", "bytes": 12, "query": "c"}"#))
    guard case .wrong(let reasons) = verdict else {
      Issue.record("\(verdict)")
      return
    }
    #expect(reasons.map { $0.prefix { $0 != " " } } == ["method", "query", "status"])
  }

  @Test
  func `no record is refused, unless that is what was expected`() throws {
    let broken = "192.0.2.7 - - nonsense"
    guard case .refused = ExamTests.verdict(try Self.row(#"{"status": 200}"#, line: broken)) else {
      Issue.record("not refused")
      return
    }
    #expect(ExamTests.verdict(try Self.row(#"{"reject": true}"#, line: broken)) == .right)
    let ambiguous = try Self.row(
      #"{"status": 200}"#, line: broken, tags: #"["ambiguous_format"]"#)
    #expect(ExamTests.verdict(ambiguous) == .right)
    #expect(ExamTests.verdict(try Self.row("{}", line: broken)) == .right)
    let wrong = try Self.row(#"{"status": 201}"#, tags: #"["ambiguous_format"]"#)
    #expect(ExamTests.verdict(wrong) != .right)
  }

  @Test(arguments: ["gizmo/text", "other/nothing"])
  func `a format that is not known is refused with the reason`(format: String) throws {
    for template in [nil, "$a $b"] {
      let verdict = ExamTests.verdict(try Self.row("{}", format: format, template: template))
      guard case .refused(let reason) = verdict else {
        Issue.record("\(verdict)")
        continue
      }
      #expect(reason.contains("format"))
    }
  }

  @Test
  func `a template that cannot be compiled is refused with its fault`() throws {
    let verdict = ExamTests.verdict(try Self.row("{}", template: "$status"))
    #expect(verdict != .right)
  }

  @Test
  func `a field without a column is asked for as the identity`() throws {
    let template = #"$remote_addr [$time_local] $status \"$http_x_api_key\" $upstream_status"#
    let line = #"192.0.2.7 [21/Nov/2026:19:51:49 +0000] 200 \"k\\x22ey\" 502"#
    let expected = #"{"api_key": "k\"ey", "upstream_status": 502}"#
    #expect(ExamTests.verdict(try Self.row(expected, line: line, template: template)) == .right)
    let other = #"{"api_key": "other", "api_key_absent": true}"#
    guard
      case .wrong(let reasons) = ExamTests.verdict(
        try Self.row(other, line: line, template: template))
    else {
      Issue.record("not wrong")
      return
    }
    #expect(reasons.count == 2)
    let unknown = #"{"tls_cipher": "x"}"#
    #expect(
      ExamTests.verdict(try Self.row(unknown, line: line, template: template))
        == .refused("the format does not know tls_cipher"))
  }

  @Test
  func `a peer compares text as it was logged`() throws {
    let expected = #"{"target": "/v1/a?b=\\x221"}"#
    #expect(ExamTests.verdict(try Self.row(expected, source: "somebody/project")) == .right)
  }

  @Test
  func `a dash that was sent may be taken for nothing`() throws {
    let template = #"$remote_addr [$time_local] \"$http_user_agent\""#
    let line = #"192.0.2.7 [21/Nov/2026:19:51:49 +0000] \"-\""#
    let expected = #"{"user_agent": "-"}"#
    let tags = #"["dash_is_ambiguous"]"#
    #expect(
      ExamTests.verdict(try Self.row(expected, line: line, template: template, tags: tags))
        == .right)
    #expect(ExamTests.verdict(try Self.row(expected, line: line, template: template)) != .right)
  }

  @Test
  func `what no reader could find is let pass and told`() throws {
    let template = #"$remote_addr [$time_local] $request_time \"$http_user_agent\""#
    let agent = String(repeating: "A", count: 230)
    let line = #"192.0.2.7 [21/Nov/2026:19:51:49 +0000] 0.905 \"\#(agent)\""#
    let expected = #"{"user_agent": "\#(agent)\#(agent)\#(agent)", "latency_ms_max": 300}"#
    let row = try Self.row(expected, line: line, template: template, tags: #"["client_abort"]"#)
    let grade = ExamGrader.grade(row)
    #expect(grade.verdict == .right)
    #expect(grade.allowances.count == 2)
    #expect(Exam([row]).report.contains("allowed: user_agent: the writer cut it after 230 bytes"))
    let other = #"{"user_agent": "B\#(agent)\#(agent)", "latency_ms_max": 300}"#
    let wrong = ExamGrader.grade(try Self.row(other, line: line, template: template))
    guard case .wrong(let reasons) = wrong.verdict else {
      Issue.record("not wrong")
      return
    }
    #expect(reasons.count == 2)
  }

  @Test
  func `only what a writer is known to leave out is let pass`() throws {
    let line =
      #"192.0.2.7:39 [09/Dec/2013:12:59:46.633] fe fe/<NOSRV> -1/-1/-1/-1/2003 408 0 - - cR-- 1/1/0/0/0 0/0 \"<BADREQ>\""#
    let expected = #"{"target": "/half", "method": "GET"}"#
    func grade(_ format: String, _ tag: String) throws -> ExamGrader.Grade {
      ExamGrader.grade(
        try Self.row(
          expected, line: line, format: format, template: "httplog", tags: "[\"\(tag)\"]"))
    }
    let known = try grade("haproxy/http", "half_request")
    #expect(known.verdict == .right && known.allowances.count == 2)
    #expect(try grade("haproxy/http", "other").verdict != .right)
    // A field that was lost is not let pass because the line spells it in another way.
    let lost = try Self.row(
      #"{"referrer": "http://x/a b"}"#, line: "2026-11-21 19:51:49 192.0.2.7 GET /a 200 x",
      format: "iis/w3c", template: "#Fields: date time c-ip cs-method cs-uri-stem sc-status x-y")
    #expect(ExamGrader.grade(lost).verdict != .right)
  }

  @Test
  func `a client that went away does not excuse a wrong unit`() throws {
    let template = "$remote_addr [$time_local] $request_time"
    func verdict(_ seconds: String) throws -> ExamGrader.Verdict {
      ExamTests.verdict(
        try Self.row(
          #"{"latency_ms_max": 262}"#,
          line: "192.0.2.7 [21/Nov/2026:19:51:49 +0000] \(seconds)", template: template,
          tags: #"["client_abort"]"#))
    }
    #expect(try verdict("0.905") == .right)
    #expect(try verdict("905.736") != .right)
  }

  @Test(arguments: [
    (#"{"latency_ms_absent": true, "upstream_ms_absent": true}"#, true),
    (#"{"latency_ms": null, "referrer": null, "timestamp_absent": false}"#, true),
    (#"{"status_absent": false, "user_agent_absent": true}"#, true),
    (#"{"status": null}"#, false), (#"{"user_agent_absent": false}"#, false),
    (#"{"timestamp_absent": true}"#, false), (#"{"latency_ms_absent": false}"#, false),
  ])
  func `absence is asserted, by null too, or denied`(expected: String, isRight: Bool) throws {
    #expect((ExamTests.verdict(try Self.row(expected)) == .right) == isRight)
  }

  @Test
  func `a line without a time is refused, and that is right`() throws {
    let row = try Self.row(#"{"timestamp_absent": true}"#, line: "192.0.2.7 nonsense")
    #expect(ExamTests.verdict(row) == .right)
    let other = try Self.row(
      #"{"timestamp_absent": true, "status": 200}"#, line: "192.0.2.7 nonsense")
    #expect(ExamTests.verdict(other) != .right)
  }

  @Test
  func `seconds of the upstream are those of the record`() throws {
    let line = #"192.0.2.7 [21/Nov/2026:19:51:49 +0000] 0.250"#
    let template = "$remote_addr [$time_local] $upstream_response_time"
    func verdict(_ expected: String, _ line: String) throws -> ExamGrader.Verdict {
      ExamTests.verdict(try Self.row(expected, line: line, template: template))
    }
    #expect(try verdict(#"{"upstream_s": 0.25}"#, line) == .right)
    #expect(try verdict(#"{"upstream_s": 250}"#, line) != .right)
    #expect(try verdict(#"{"upstream_s": 0.25}"#, line.replacing("0.250", with: "-")) != .right)
    #expect(try verdict(#"{"upstream_s": -1}"#, line.replacing("0.250", with: "-")) == .right)
  }

  @Test(arguments: [
    (
      "aws/apigw", "$context.identity.sourceIp [$context.requestTime] $context.status",
      "192.0.2.7 [21/Nov/2026:19:51:49 +0000] 200"
    ),
    (
      "caddy/json", "log { format json }",
      #"{\"ts\":1795290709,\"request\":{\"remote_ip\":\"192.0.2.7\",\"method\":\"GET\"},\"status\":200}"#
    ),
    (
      "apigee/json", nil,
      #"{\"started_at\":1795290709000,\"client_ip\":\"192.0.2.7\",\"status\":200}"#
    ),
    (
      "nginx/json",
      #"{\"a\":\"$remote_addr\",\"t\":\"$time_iso8601\",\"s\":$status,\"n\":\"it's\"}"#,
      #"{\"a\":\"192.0.2.7\",\"t\":\"2026-11-21T19:51:49+00:00\",\"s\":200,\"n\":\"it's\"}"#
    ),
  ])
  func `rows of every writer find their format`(
    format: String, template: String?, line: String
  ) throws {
    let expected = #"{"client_ip": "192.0.2.7", "status": 200}"#
    let row = try Self.row(expected, line: line, format: format, template: template)
    #expect(ExamTests.verdict(row) == .right)
  }

  @Test
  func `HAProxy's captures are compared one by one`() throws {
    let line =
      #"192.0.2.7:39759 [09/Dec/2013:12:59:46.633] fe be/s 0/5/1/4/9 200 8 - - ---- 8/8/8/1/0 0/6 "#
      + #"{shop.test||} \"GET /a HTTP/1.1\""#
    func verdict(_ captures: String) throws -> ExamGrader.Verdict {
      try ExamTests.verdict(
        Self.row(
          #"{"captured_request_headers": "\#(captures)", "client_port": 39759}"#, line: line,
          format: "haproxy/http", template: nil))
    }
    #expect(try verdict("shop.test||") == .right)
    #expect(try verdict("shop.test|x|") != .right)
  }

  @Test
  func `bytes that are not UTF-8 come as Latin-1`() throws {
    let row = try Self.row(
      "{}", line: #"a\u00ff"#, tags: #"["invalid_utf8"]"#)
    #expect(row.line == [0x61, 0xff])
    #expect(try Self.row("{}", line: #"a\u00ff"#).line == [0x61, 0xc3, 0xbf])
  }

  @Test
  func `the report ends with the totals and lists what is not right`() throws {
    let exam = Exam([
      try Self.row(#"{"status": 200}"#), try Self.row(#"{"status": 201}"#),
      try Self.row("{}", format: "gizmo/text"),
    ])
    let lines = exam.report.split(separator: "\n")
    #expect(
      lines.map(String.init) == [
        "gizmo/text    0 right, 0 wrong, 1 refused",
        "nginx/custom  1 right, 1 wrong, 0 refused",
        "own.jsonl:1: nginx/custom: wrong: status is 200, expected 201",
        "own.jsonl:1: gizmo/text: refused: there is no format 'gizmo'",
        "1 right, 1 wrong, 1 refused of 3",
      ])
    #expect(!exam.isPassed)
  }

  @Test(arguments: [(99, 0, 1, true), (99, 1, 0, false), (98, 0, 2, false), (0, 0, 0, false)])
  func `passed is 99 of 100 right and none wrong`(
    right: Int, wrong: Int, refused: Int, isPassed: Bool
  ) throws {
    let rows =
      Array(repeating: try Self.row(#"{"status": 200}"#), count: right)
      + Array(repeating: try Self.row(#"{"status": 201}"#), count: wrong)
      + Array(repeating: try Self.row("{}", format: "gizmo/text"), count: refused)
    #expect(Exam(rows).isPassed == isPassed)
  }

  @Test
  func `a folder's files are read in order, and a row that is no JSON is an error`() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let row = #"{"format": "nginx/common", "line": "x", "expected": {"reject": true}}"#
    try Data("\(row)\n\n\(row)\n".utf8).write(to: folder.appending(path: "b.jsonl"))
    try Data("\(row)\n".utf8).write(to: folder.appending(path: "a.jsonl"))
    try Data("no".utf8).write(to: folder.appending(path: "README.md"))
    let rows = try Exam.rows(ofFolder: folder.path)
    #expect(rows.map(\.place) == ["a.jsonl:1", "b.jsonl:1", "b.jsonl:3"])
    #expect(Exam(rows).isPassed)
    #expect(throws: (any Error).self) { try Exam.rows(of: Data("{".utf8), file: "x") }
  }
}
