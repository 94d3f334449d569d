import Detection
import RuleFiles
import Testing

@Suite struct SigmaImportTests {
  private func imported(_ text: String) throws -> SigmaImport {
    try SigmaImport([SourceFile(name: "sigma.yml", text: text)])
  }

  /// A rule of single events with this detection, indented by two.
  private func rule(_ detection: String, category: String = "webserver") -> String {
    """
    title: It
    logsource: {category: \(category)}
    detection:
    \(detection.split(separator: "\n").map { "  \($0)" }.joined(separator: "\n"))
    level: high
    """
  }

  private func expression(_ detection: String) throws -> String? {
    let found = try imported(rule(detection))
    guard found.takenCount == 1 else { return found.refused.first?.reason }
    let loaded = try RuleLoader.load([SourceFile(name: "r.yaml", text: found.yaml)])
    return loaded.ruleSet.rules.first?.filter.expression?.text
  }

  private static let correlation = """
    title: Failed login
    name: failed_login
    logsource: {category: webserver}
    detection:
      selection: {cs-method: POST, cs-uri-stem: /login, sc-status: 401}
      condition: selection
    ---
    title: Many failed logins
    description: Somebody guesses.
    correlation:
      type: event_count
      rules: [failed_login]
      group-by: [c-ip]
      timespan: 5m
      condition: {gte: 10}
    level: critical
    """

  @Test func `an event count is a threshold, and its base no rule by itself`() throws {
    let found = try imported(Self.correlation)
    #expect(found.refused.isEmpty && found.takenCount == 1)
    #expect(
      found.yaml == """
        rules:
          - id: many-failed-logins
            title: 'Many failed logins'
            kind: threshold
            per: client_ip
            where: '(method == "POST" && path == "/login" && status == 401)'
            window: 5m
            above: 9
            severity: critical
            why: 'Somebody guesses.'

        """)
    #expect(try RuleLoader.load([SourceFile(name: "r.yaml", text: found.yaml)]).warnings.isEmpty)
  }

  @Test(arguments: [
    ("{gt: 10}", "above: 10"), ("{lt: 3}", "below: 3"), ("{lte: 3}", "below: 4"),
    ("{gte: 1}", "above: 0"),
  ])
  func `a condition is a limit`(condition: String, limit: String) throws {
    let text = Self.correlation.replacing("{gte: 10}", with: condition)
    #expect(try imported(text).yaml.contains("    \(limit)\n"))
  }

  @Test(arguments: [
    ("value_count", "{field: cs-username, gte: 10}", "distinct(key)", "above: 9"),
    ("value_count", "{field: c-ip, gt: 3}", "distinct(client_ip)", "above: 3"),
    ("value_sum", "{field: sc-bytes, gt: 1000000}", "bytes_out", "above: 1000000"),
    ("value_sum", "{field: cs-bytes, lt: 5}", "bytes_in", "below: 5"),
    (
      "value_percentile", "{field: time-taken, percentile: 95, gt: 800}", "latency.p95",
      "above: 800"
    ),
  ])
  func `values are counted, added up, or put in order`(
    type: String, condition: String, measure: String, limit: String
  ) throws {
    let text = Self.correlation.replacing("event_count", with: type)
      .replacing("{gte: 10}", with: condition)
    let found = try imported(text)
    #expect(found.refused.isEmpty, "\(found.refused)")
    #expect(found.yaml.contains("    measure: '\(measure)'\n"), "\(found.yaml)")
    #expect(found.yaml.contains("    \(limit)\n"))
  }

  @Test func `what cannot be measured so is not taken`() throws {
    let text = Self.correlation.replacing("event_count", with: "value_sum")
      .replacing("{gte: 10}", with: "{field: cs-method, gte: 10}")
    let reason = try imported(text).refused.first?.reason
    #expect(reason?.contains("unknown measure 'method'") == true, "\(reason ?? "")")
  }

  @Test(arguments: [
    ("{sc-status: [500, 502]}", "(status == 500 || status == 502)"),
    ("{sc-status|gte: 500}", "status >= 500"),
    ("{cs-uri|contains: [../, '%2e']}", #"(path.contains("../") || path.contains("%2e"))"#),
    ("{cs-uri|contains|all: [a, b]}", #"(path.contains("a") && path.contains("b"))"#),
    ("{cs-user-agent|startswith: sqlmap}", #"user_agent.startsWith("sqlmap")"#),
    ("{cs-user-agent: '*nikto*'}", #"user_agent.contains("nikto")"#),
    ("{c-uri: '*.bak'}", #"path.endsWith(".bak")"#),
    ("{cs-referer: null}", #"referrer == """#),
    ("{src_ip|cidr: 10.0.0.0/8}", #"cidr(client_ip, "10.0.0.0/8")"#),
    (#"{cs-user-agent: 'say "a\b"'}"#, #"user_agent == "say \"a\\b\"""#),
    (
      "[{cs-method: PUT}, {cs-method: POST, sc-status: 201}]",
      #"(method == "PUT" || (method == "POST" && status == 201))"#
    ),
  ])
  func `a selection is an expression`(selection: String, text: String) throws {
    #expect(try expression("s: \(selection)\ncondition: s") == text)
  }

  @Test(arguments: [
    ("a and not b", #"(method == "A" && !(method == "B"))"#),
    ("a or b and f_1", #"(method == "A" || (method == "B" && status == 1))"#),
    (
      "(a or b) and not 1 of f_*",
      #"((method == "A" || method == "B") && !((status == 1 || status == 2)))"#
    ),
    ("all of f_*", "(status == 1 && status == 2)"),
    ("1 of them", #"(method == "A" || method == "B" || status == 1 || status == 2)"#),
  ])
  func `a condition puts selections together`(condition: String, text: String) throws {
    let selections =
      "a: {cs-method: A}\nb: {cs-method: B}\nf_1: {sc-status: 1}\nf_2: {sc-status: 2}\n"
    #expect(try expression(selections + "condition: \(condition)") == text)
  }

  @Test(arguments: [
    ("s: {EventID: 4625}\ncondition: s", "the field 'EventID' is not in a gateway's log"),
    (
      "s: {c-uri|re: '(?=a)b'}\ncondition: s",
      "its regular expression is not taken: of groups that begin with '?' there is '(?:…)', and "
        + "'(?i)' at the beginning of all: looking ahead or back takes no linear time"
    ),
    ("s: {c-uri: 'a*b'}\ncondition: s", "'a*b' has a wildcard within"),
    ("s: {sc-status: abc}\ncondition: s", "'abc' is no number, and status is one"),
    ("s: {c-uri|base64: a}\ncondition: s", "the modifier 'base64' is not known here"),
    ("s: [a, b]\ncondition: s", "'s' looks for words anywhere in a line"),
    ("s: {c-uri: a}\ncondition: s | count() > 5", "its condition counts; see correlations"),
    ("s: {c-uri: a}\ncondition: s and t", "its condition cannot be read at 't'"),
    ("s: {c-uri: a}", "its detection has no condition"),
  ])
  func `what cannot be said here is not taken, with its reason`(
    detection: String, reason: String
  ) throws {
    let found = try imported(rule(detection))
    #expect(found.yaml.isEmpty && found.takenCount == 0)
    #expect(found.refused.map(\.description) == ["sigma.yml:1: It: \(reason)"])
  }

  @Test(arguments: [
    ("type: event_count", "type: value_avg", "correlation 'value_avg' is not taken: "),
    ("type: event_count", "type: value_count", "its condition names no field"),
    ("type: event_count", "type: temporal_ordered", "correlation 'temporal_ordered' is not taken"),
    (
      "[c-ip]", "[c-ip, cs-username, cs-host]",
      "it groups by c-ip and cs-username and cs-host; two are possible"
    ),
    ("[c-ip]", "[ComputerName]", "it groups by 'ComputerName'"),
    ("5m", "30d", "its timespan 30d is more than a day"),
    ("[failed_login]", "[other]", "there is no rule 'other' in these files"),
    ("{gte: 10}", "{eq: 10}", "the condition 'eq: 10' is no limit"),
  ])
  func `a correlation that cannot be said here is not taken either`(
    old: String, new: String, reason: String
  ) throws {
    let found = try imported(Self.correlation.replacing(old, with: new))
    let told = found.refused.first { $0.title == "Many failed logins" }
    #expect(told?.reason.hasPrefix(reason) == true && told?.line == 8)
  }

  @Test func `a regular expression is one here, too`() throws {
    let found = try imported(rule(#"s: {c-uri|re: '^/v\d+/a(b|"c)+$'}"# + "\ncondition: s"))
    let loaded = try RuleLoader.load([SourceFile(name: "a.yaml", text: found.yaml)])
    #expect(
      loaded.ruleSet.rules.first?.filter.expression?.text.contains("matches(") == true,
      "\(found.yaml)")
  }

  @Test func `a correlation by two becomes a rule of pairs`() throws {
    let found = try imported(Self.correlation.replacing("[c-ip]", with: "[c-ip, cs-username]"))
    #expect(found.yaml.contains("per: [client_ip, key]\n"), "\(found.yaml)")
    _ = try RuleLoader.load([SourceFile(name: "a.yaml", text: found.yaml)])
  }

  @Test func `another log source is not taken, and equal titles get ids of their own`() throws {
    let other = try imported(rule("s: {c-uri: a}\ncondition: s", category: "process_creation"))
    #expect(other.refused.first?.reason.hasPrefix("its log source is 'process_creation'") == true)
    let one = rule("s: {c-uri: a}\ncondition: s")
    let two = try imported(one + "\n---\n" + one)
    #expect(two.yaml.contains("- id: it\n") && two.yaml.contains("- id: it-2\n"))
    #expect(two.yaml.contains("above: 0") && two.yaml.contains("severity: high"))
  }

  @Test func `aliases and broken YAML are refused with their line of the file`() {
    let error = #expect(throws: Diagnostics.self) {
      try imported("title: a\n---\ntitle: &a b\nc: *a\n")
    }
    #expect(error?.all.first?.line == 3)
  }
}
