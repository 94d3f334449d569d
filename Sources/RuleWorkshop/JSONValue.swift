import Detection

/// A JSON value that keeps the order of its keys, for a person reads what is written of it.
indirect enum JSONValue: Hashable, Sendable {
  case text(String)
  case number(Double)
  case truth(Bool)
  case list([JSONValue])
  case object([Member])

  struct Member: Hashable, Sendable {
    var key: String
    var value: JSONValue
  }

  /// The value of `key` in an object.
  subscript(_ key: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.key == key }?.value
  }

  /// Indented; a list or an object of few and short parts stands in one line.
  var pretty: String {
    var bytes: [UInt8] = []
    append(to: &bytes, indent: 0)
    return String(decoding: bytes, as: UTF8.self)
  }

  private static let lineMax = 80

  private var compact: [UInt8] {
    var bytes: [UInt8] = []
    switch self {
    case .text(let text): JSONText.append(text, to: &bytes)
    case .number(let number): JSONText.append(number, to: &bytes)
    case .truth(let truth): bytes += "\(truth)".utf8
    case .list(let values):
      bytes += "[".utf8 + Array(values.map(\.compact).joined(separator: ", ".utf8)) + "]".utf8
    case .object(let members):
      let parts = members.map { JSONValue.text($0.key).compact + ": ".utf8 + $0.value.compact }
      bytes += "{".utf8 + Array(parts.joined(separator: ", ".utf8)) + "}".utf8
    }
    return bytes
  }

  private func append(to bytes: inout [UInt8], indent: Int) {
    let line = compact
    if line.count + indent <= Self.lineMax {
      bytes += line
      return
    }
    switch self {
    case .list(let values):
      appendParts(values.count, "[", "]", indent, &bytes) { index, bytes in
        values[index].append(to: &bytes, indent: indent + 2)
      }
    case .object(let members):
      appendParts(members.count, "{", "}", indent, &bytes) { index, bytes in
        bytes += JSONValue.text(members[index].key).compact + ": ".utf8
        members[index].value.append(to: &bytes, indent: indent + 2)
      }
    default: bytes += line
    }
  }

  private func appendParts(
    _ count: Int, _ open: String, _ close: String, _ indent: Int, _ bytes: inout [UInt8],
    _ part: (Int, inout [UInt8]) -> Void
  ) {
    bytes += open.utf8
    for index in 0..<count {
      bytes += (index == 0 ? "\n" : ",\n").utf8
      bytes += String(repeating: " ", count: indent + 2).utf8
      part(index, &bytes)
    }
    bytes += "\n\(String(repeating: " ", count: indent))\(close)".utf8
  }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByIntegerLiteral
{
  init(stringLiteral value: String) { self = .text(value) }
  init(booleanLiteral value: Bool) { self = .truth(value) }
  init(integerLiteral value: Int) { self = .number(Double(value)) }
  init(arrayLiteral elements: JSONValue...) { self = .list(elements) }

  init(dictionaryLiteral elements: (String, JSONValue)...) {
    self = .object(elements.map { Member(key: $0.0, value: $0.1) })
  }
}
