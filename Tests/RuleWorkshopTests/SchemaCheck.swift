@testable import RuleWorkshop

/// As much of JSON Schema as the rules' schema uses; a keyword that it does not know is a fault.
struct SchemaCheck {
  let schema: JSONValue

  func faults(of value: JSONValue) -> [String] { faults(of: value, schema, at: "") }

  private func faults(of value: JSONValue, _ schema: JSONValue, at path: String) -> [String] {
    guard case .object(let members) = schema else { return ["\(path): no schema"] }
    return members.flatMap { keyword in
      faults(of: value, keyword.key, keyword.value, in: schema, at: path)
    }
  }

  private func faults(
    of value: JSONValue, _ keyword: String, _ wanted: JSONValue, in schema: JSONValue,
    at path: String
  ) -> [String] {
    func told(_ isRight: Bool) -> [String] { isRight ? [] : ["\(path): \(keyword)"] }
    switch keyword {
    case "$schema", "title", "description", "definitions", "then": return []
    case "$ref": return faults(of: value, resolved(wanted), at: path)
    case "type": return told(types(wanted).contains { Self.has(value, $0) })
    case "enum": return told(list(wanted).contains(value))
    case "const": return told(wanted == value)
    case "anyOf": return told(list(wanted).contains { faults(of: value, $0, at: path) == [] })
    case "allOf": return list(wanted).flatMap { faults(of: value, $0, at: path) }
    case "if":
      guard faults(of: value, wanted, at: path).isEmpty, let then = schema["then"] else {
        return []
      }
      return faults(of: value, then, at: path)
    case "required": return told(types(wanted).allSatisfy { value[$0] != nil })
    case "pattern": return told(matches(value, wanted))
    case "minimum": return told(number(value).map { $0 >= number(wanted) ?? 0 } ?? true)
    case "maximum": return told(number(value).map { $0 <= number(wanted) ?? 0 } ?? true)
    case "minLength", "minItems": return told(size(value).map { $0 >= number(wanted) ?? 0 } ?? true)
    case "items":
      return list(value).enumerated().flatMap { faults(of: $1, wanted, at: "\(path)/\($0)") }
    case "properties":
      return members(value).flatMap { member in
        wanted[member.key].map { faults(of: member.value, $0, at: "\(path)/\(member.key)") } ?? []
      }
    case "additionalProperties":
      return told(members(value).allSatisfy { schema["properties"]?[$0.key] != nil })
    default: return ["\(path): the keyword \(keyword)"]
    }
  }

  private func resolved(_ reference: JSONValue) -> JSONValue {
    guard case .text(let text) = reference else { return reference }
    return text.split(separator: "/").dropFirst().reduce(schema) { $0[String($1)] ?? .text("") }
  }

  private static func has(_ value: JSONValue, _ type: String) -> Bool {
    switch (value, type) {
    case (.text, "string"), (.number, "number"), (.truth, "boolean"), (.list, "array"),
      (.object, "object"):
      true
    case (.number(let number), "integer"): number == number.rounded()
    default: false
    }
  }

  private func types(_ value: JSONValue) -> [String] {
    (list(value).isEmpty ? [value] : list(value)).compactMap {
      if case .text(let text) = $0 { text } else { nil }
    }
  }

  private func list(_ value: JSONValue) -> [JSONValue] {
    if case .list(let values) = value { values } else { [] }
  }

  private func members(_ value: JSONValue) -> [JSONValue.Member] {
    if case .object(let members) = value { members } else { [] }
  }

  private func number(_ value: JSONValue) -> Double? {
    if case .number(let number) = value { number } else { nil }
  }

  private func size(_ value: JSONValue) -> Double? {
    switch value {
    case .text(let text): Double(text.count)
    case .list(let values): Double(values.count)
    default: nil
    }
  }

  private func matches(_ value: JSONValue, _ pattern: JSONValue) -> Bool {
    guard case .text(let text) = value, case .text(let pattern) = pattern,
      let regex = try? Regex(pattern)
    else { return true }
    return text.contains(regex)
  }
}
