import Detection
import RuleFiles

/// A JSON Schema of rule files, for editors: it completes keys and marks wrong ones.
///
/// It is no stricter than `rules check`, and in what needs more than one value to know (windows
/// that are multiples of each other, expressions, feeds) less strict.
public enum RuleSchema {
  public static var text: String { schema.pretty }

  static var schema: JSONValue {
    [
      "$schema": "http://json-schema.org/draft-07/schema#",
      "title": "Rules of Tollwatch",
      "type": "object",
      "required": ["rules"],
      "additionalProperties": false,
      "properties": ["rules": ["type": "array", "items": ["$ref": "#/definitions/rule"]]],
      "definitions": .object(definitions),
    ]
  }

  private static var definitions: [JSONValue.Member] {
    let test = object(RuleLanguage.test)
    let common = RuleLanguage.common.map { key in
      JSONValue.Member(key: key.name, value: key.name == "tests" ? tests(key) : value(key))
    }
    return [
      .init(key: "rule", value: rule), .init(key: "common", value: .object(common)),
      .init(key: "test", value: test),
    ]
  }

  /// Which keys a rule has its kind says.
  private static var rule: JSONValue {
    let required = RuleLanguage.common.filter(\.isRequired).map { JSONValue.text($0.name) }
    return [
      "type": "object",
      "required": .list(required),
      "properties": ["kind": ["$ref": "#/definitions/common/kind"]],
      "allOf": .list(Detectors.all.map(choice)),
    ]
  }

  private static func choice(_ kind: any Detector.Type) -> JSONValue {
    let own = RuleLanguage.ownKeys(of: kind)
    var then = object(own)
    if case .object(var members) = then {
      let common = RuleLanguage.commonKeys(of: kind).map {
        JSONValue.Member(key: $0.name, value: ["$ref": .text("#/definitions/common/\($0.name)")])
      }
      for index in members.indices where members[index].key == "properties" {
        guard case .object(let properties) = members[index].value else { continue }
        members[index].value = .object(common + properties)
      }
      then = .object(members)
    }
    return [
      "if": ["properties": ["kind": ["const": .text(kind.kind)]], "required": ["kind"]],
      "then": then,
    ]
  }

  private static func tests(_ key: RuleKey) -> JSONValue {
    [
      "description": .text(plain(key.meaning)), "type": "array",
      "items": ["$ref": "#/definitions/test"],
    ]
  }

  private static func object(_ keys: [RuleKey]) -> JSONValue {
    let required = keys.filter(\.isRequired).map { JSONValue.text($0.name) }
    return .object(
      [.init(key: "type", value: "object")]
        + (required.isEmpty ? [] : [.init(key: "required", value: .list(required))])
        + [
          .init(key: "additionalProperties", value: false),
          .init(
            key: "properties",
            value: .object(keys.map { .init(key: $0.name, value: value($0)) })),
        ])
  }

  private static func value(_ key: RuleKey) -> JSONValue {
    guard case .object(let members) = form(key.form) else { return form(key.form) }
    let absent = key.absent.map { "If left out: \($0)." }
    let words = [plain(key.meaning), absent].compactMap(\.self).joined(separator: " ")
    return .object([.init(key: "description", value: .text(words))] + members)
  }

  private static func plain(_ markdown: String) -> String {
    markdown.replacing("`", with: "").replacing(/\[(\w+)\]\(#\w+\)/) { String($0.output.1) }
  }

  // MARK: - values

  private static let duration: JSONValue = [
    "type": "string", "pattern": "^([0-9]+(ms|s|m|h|d|w))+$",
  ]
  private static let matcher: JSONValue = [
    "type": "string", "pattern": "^[A-Z-]+(,[A-Z-]+)* +/\\S*$",
  ]

  private static func form(_ form: RuleKey.Form) -> JSONValue {
    switch form {
    case .identifier: ["type": "string", "pattern": "^[a-z0-9-]{1,100}$"]
    case .text: ["type": ["string", "number", "boolean"]]
    case .texts: oneOrMore(["type": "string"])
    case .word(let words): ["enum": .list(words.map { .text($0) })]
    case .oneOrTwo(let words): oneOrMore(["enum": .list(words.map { .text($0) })])
    case .flag: ["enum": [true, false, "yes", "no", "on", "off"]]
    case .integer(let range):
      number("integer", Double(range.lowerBound)...Double(range.upperBound))
    case .number(let range): number("number", range)
    case .duration: duration
    case .durations: oneOrMore(duration)
    case .matcher: matcher
    case .matchers: oneOrMore(matcher)
    case .measure, .expression: ["type": "string", "minLength": 1]
    case .field: ["type": "string", "pattern": .text(fields)]
    case .feed: ["type": ["string", "integer"]]
    case .request: ["type": "string", "pattern": "^\\S+ +/\\S*$"]
    case .time: ["type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}"]
    case .clock: ["type": "string", "pattern": "^([0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{2}:[0-9]{2})"]
    case .mapping(let keys): object(keys)
    case .items(let keys): list(keys)
    case .labels: ["type": "object"]
    case .overrides:
      [
        "type": "array", "minItems": 1,
        "items": [
          "type": "object", "required": ["label"], "properties": ["label": ["type": "object"]],
        ],
      ]
    case .alerts(let keys): ["anyOf": [["const": "none"], list(keys)]]
    }
  }

  /// Digits may be grouped: to JSON `1_000` is a text.
  private static func number(_ type: String, _ range: ClosedRange<Double>) -> JSONValue {
    [
      "anyOf": [
        [
          "type": .text(type), "minimum": .number(range.lowerBound),
          "maximum": .number(range.upperBound),
        ],
        ["type": "string", "pattern": "^[0-9][0-9_]*(\\.[0-9]+)?$"],
      ]
    ]
  }

  private static func oneOrMore(_ one: JSONValue) -> JSONValue {
    ["anyOf": [one, ["type": "array", "items": one]]]
  }

  private static func list(_ keys: [RuleKey]) -> JSONValue {
    ["type": "array", "minItems": 1, "items": object(keys)]
  }

  private static var fields: String {
    let words = RequestField.table.map(\.word).filter { !$0.hasPrefix("query") }
    return "^(\(words.joined(separator: "|"))|query *\\[.*\\])$"
  }
}
