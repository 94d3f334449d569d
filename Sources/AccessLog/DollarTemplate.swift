/// Templates whose variables are `$name` or `${name}`: nginx, API Gateway, and the formats of
/// gateways that have no template of their own.
struct DollarTemplate {
  /// Names may have dots: `$context.identity.sourceIp`.
  var hasDots = false
  /// Makes a variable of a name, which comes with its dollar.
  var variable: (String, Int) -> TemplateVariable

  func append(_ text: String, to template: inout Template) throws(FormatFault) {
    let bytes = Array(text.utf8)
    try append(bytes.indices.map { TemplateByte(value: bytes[$0], offset: $0) }, to: &template)
  }

  func append(_ bytes: [TemplateByte], to template: inout Template) throws(FormatFault) {
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      index += 1
      guard byte.value == UInt8(ascii: "$") else {
        template.append(byte.value)
        continue
      }
      let name = try name(bytes, &index, dollar: byte.offset)
      try template.append(variable("$" + name, byte.offset))
    }
  }

  /// `name` or `{name}`, after the dollar.
  private func name(
    _ bytes: [TemplateByte], _ index: inout Int, dollar: Int
  ) throws(FormatFault) -> String {
    let isBraced = index < bytes.count && bytes[index].value == UInt8(ascii: "{")
    if isBraced { index += 1 }
    var name: [UInt8] = []
    while index < bytes.count, isNameByte(bytes[index].value) {
      name.append(bytes[index].value)
      index += 1
    }
    // A dot or a dash at the end belongs to the text.
    while let last = name.last, last == ASCII.dot || last == ASCII.dash {
      name.removeLast()
      index -= 1
    }
    if isBraced {
      guard index < bytes.count, bytes[index].value == UInt8(ascii: "}") else {
        throw FormatFault("'${' without '}'", at: dollar)
      }
      index += 1
    }
    guard !name.isEmpty else {
      throw FormatFault("'$' without the name of a variable", at: dollar)
    }
    return String(decoding: name, as: UTF8.self)
  }

  private func isNameByte(_ byte: UInt8) -> Bool {
    if byte.isLetter || byte.isDigit || byte == UInt8(ascii: "_") { return true }
    return hasDots && (byte == ASCII.dot || byte == ASCII.dash)
  }
}
