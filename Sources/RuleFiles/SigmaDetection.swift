import Detection

/// What a Sigma rule looks for, as an expression.
struct SigmaDetection {
  /// Why something was not taken.
  struct Refusal: Error {
    var reason: String
  }

  /// Fields of web server logs, as Sigma's taxonomy and its common back ends call them.
  private static let fields: [String: String] = [
    "cs-method": "method", "c-method": "method", "http_method": "method",
    "cs-host": "host", "cs-uri": "path", "c-uri": "path", "cs-uri-stem": "path",
    "c-uri-stem": "path", "url.path": "path", "sc-status": "status", "status": "status",
    "c-ip": "client_ip", "src_ip": "client_ip", "source.ip": "client_ip", "clientip": "client_ip",
    "cs-user-agent": "user_agent", "c-useragent": "user_agent", "useragent": "user_agent",
    "cs-referer": "referrer", "cs-referrer": "referrer", "c-referer": "referrer",
    "cs-version": "protocol", "cs-bytes": "bytes_in", "sc-bytes": "bytes_out",
    "time-taken": "latency_ms",
  ]
  private static let numbers: Set = ["status", "bytes_in", "bytes_out", "latency_ms"]

  /// The field of a request that Sigma's `name` means; `nil` where there is none.
  static func field(_ name: String) -> String? { fields[name.lowercased()] }

  /// What the selections of `detection` are, put together as its condition says.
  static func expression(of detection: YAMLNode) throws(Refusal) -> String {
    guard let entries = detection.entries,
      let condition = entries.first(where: { $0.key == "condition" })?.value
    else { throw Refusal(reason: "its detection has no condition") }
    guard let text = condition.text else {
      throw Refusal(reason: "it has several conditions; write a rule for each")
    }
    var selections: [String: String] = [:]
    for entry in entries where entry.key != "condition" && entry.key != "timeframe" {
      selections[entry.key] = try selection(entry)
    }
    var parser = SigmaCondition(text, selections)
    return try parser.expression()
  }

  // MARK: - selections

  /// A mapping asks for all of its fields, a list of mappings for one of them.
  private static func selection(_ entry: YAMLNode.Entry) throws(Refusal) -> String {
    var choices: [String] = []
    for node in entry.value.values {
      guard let fields = node.entries else {
        throw Refusal(reason: "'\(entry.key)' looks for words anywhere in a line")
      }
      var tests: [String] = []
      for field in fields { tests.append(try test(field)) }
      choices.append(joined(tests, "&&"))
    }
    guard !choices.isEmpty else { throw Refusal(reason: "'\(entry.key)' is empty") }
    return joined(choices, "||")
  }

  /// `cs-uri|contains|all: [a, b]`.
  private static func test(_ entry: YAMLNode.Entry) throws(Refusal) -> String {
    let parts = entry.key.split(separator: "|").map(String.init)
    guard let name = parts.first, let field = fields[name.lowercased()] else {
      throw Refusal(reason: "the field '\(parts.first ?? "")' is not in a gateway's log")
    }
    var modifiers = parts.dropFirst().filter { $0 != "cased" }
    let needsAll = modifiers.contains("all")
    modifiers.removeAll { $0 == "all" }
    guard modifiers.count <= 1 else {
      throw Refusal(reason: "modifiers '\(entry.key)' are not put together here")
    }
    var tests: [String] = []
    for value in entry.value.values { tests.append(try test(field, modifiers.first, value)) }
    return joined(tests, needsAll ? "&&" : "||")
  }

  private static func test(
    _ field: String, _ modifier: String?, _ value: YAMLNode
  ) throws(Refusal) -> String {
    guard let text = value.text ?? (value.isNull ? "" : nil) else {
      throw Refusal(reason: "a value of '\(field)' is \(value.kind)")
    }
    if numbers.contains(field) { return try number(field, modifier, text) }
    switch modifier {
    case nil: return try pattern(field, text)
    case "contains": return "\(field).contains(\(quoted(text)))"
    case "startswith": return "\(field).startsWith(\(quoted(text)))"
    case "endswith": return "\(field).endsWith(\(quoted(text)))"
    case "cidr" where field == "client_ip": return "cidr(client_ip, \(quoted(text)))"
    case "re": return try regular(field, text)
    case .some(let other): throw Refusal(reason: "the modifier '\(other)' is not known here")
    }
  }

  /// A regular expression, where ours takes it.
  private static func regular(_ field: String, _ text: String) throws(Refusal) -> String {
    let test = "\(field).matches(\(quoted(text)))"
    do throws(Expression.Fault) {
      _ = try Expression(parsing: test)
    } catch { throw Refusal(reason: "its regular expression is not taken: \(error.message)") }
    return test
  }

  private static func number(
    _ field: String, _ modifier: String?, _ text: String
  ) throws(Refusal) -> String {
    let signs = ["gt": ">", "gte": ">=", "lt": "<", "lte": "<="]
    guard let number = Int64(text) else {
      throw Refusal(reason: "'\(text)' is no number, and \(field) is one")
    }
    guard let modifier else { return "\(field) == \(number)" }
    guard let sign = signs[modifier] else {
      throw Refusal(reason: "the modifier '\(modifier)' does not go with \(field)")
    }
    return "\(field) \(sign) \(number)"
  }

  /// Stars at the ends; a backslash before a star means the star.
  private static func pattern(_ field: String, _ text: String) throws(Refusal) -> String {
    let isOpenAtStart = text.hasPrefix("*")
    let isOpenAtEnd = text.hasSuffix("*") && text.count > 1 && !text.hasSuffix("\\*")
    let core = String(text.dropFirst(isOpenAtStart ? 1 : 0).dropLast(isOpenAtEnd ? 1 : 0))
    let plain = core.replacing("\\*", with: "").replacing("\\?", with: "")
    guard !plain.contains("*"), !plain.contains("?") else {
      throw Refusal(reason: "'\(text)' has a wildcard within")
    }
    let value = quoted(core.replacing("\\*", with: "*").replacing("\\?", with: "?"))
    return switch (isOpenAtStart, isOpenAtEnd) {
    case (true, true): "\(field).contains(\(value))"
    case (true, false): "\(field).endsWith(\(value))"
    case (false, true): "\(field).startsWith(\(value))"
    case (false, false): "\(field) == \(value)"
    }
  }

  private static func quoted(_ text: String) -> String {
    "\"\(text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\""
  }

  static func joined(_ tests: [String], _ sign: String) -> String {
    tests.count == 1 ? tests[0] : "(" + tests.joined(separator: " \(sign) ") + ")"
  }
}
