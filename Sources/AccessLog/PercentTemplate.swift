/// Templates whose variables are `%u`, `%>s` or `%{User-Agent}i`: Apache and Varnish.
struct PercentTemplate {
  /// One variable, taken apart.
  struct Directive {
    /// `%>s`, as it stands in the template.
    var spelling: String
    /// The letter at its end; `^FB` and its like whole.
    var letter: String
    /// What stands in the braces.
    var argument: String?
    var offset: Int
  }

  /// Makes a variable of a directive; `nil` where the writer has none of that letter.
  var variable: (Directive) throws(FormatFault) -> TemplateVariable?
  /// Every letter that the writer has, for faults.
  var letters: String

  func append(
    _ bytes: [TemplateByte], to template: inout Template
  ) throws(FormatFault) {
    var scan = Scan(bytes: Self.joiningTargets(bytes))
    while let byte = scan.next() {
      guard byte.value == UInt8(ascii: "%") else {
        template.append(byte.value)
        continue
      }
      if scan.skip(UInt8(ascii: "%")) {
        template.append(byte.value)
        continue
      }
      try append(try scan.directive(at: byte.offset), to: &template)
    }
  }

  private func append(
    _ directive: Directive, to template: inout Template
  ) throws(FormatFault) {
    guard let variable = try variable(directive) else {
      throw FormatFault(
        "there is no '\(directive.spelling)'", at: directive.offset,
        suggestion: "one of \(letters)")
    }
    // `%t` writes its brackets itself.
    let hasBrackets = directive.letter == "t" && directive.argument == nil
    if hasBrackets { template.append(UInt8(ascii: "[")) }
    try template.append(variable)
    if hasBrackets { template.append(UInt8(ascii: "]")) }
  }

  /// `%U%q`, the path and what follows it, is the target: nothing can stand between them.
  private static func joiningTargets(_ bytes: [TemplateByte]) -> [TemplateByte] {
    var result: [TemplateByte] = []
    var index = 0
    while index < bytes.count {
      if bytes[index...].prefix(4).map(\.value) == Array("%U%q".utf8) {
        let spelled = Array("%{\(ApacheVariables.targetArgument)}U".utf8)
        result += spelled.map { TemplateByte(value: $0, offset: bytes[index].offset) }
        index += 4
      } else {
        result.append(bytes[index])
        index += 1
      }
    }
    return result
  }

  private struct Scan {
    let bytes: [TemplateByte]
    private var index = 0

    init(bytes: [TemplateByte]) { self.bytes = bytes }

    mutating func next() -> TemplateByte? {
      guard index < bytes.count else { return nil }
      index += 1
      return bytes[index - 1]
    }

    mutating func skip(_ byte: UInt8) -> Bool {
      guard index < bytes.count, bytes[index].value == byte else { return false }
      index += 1
      return true
    }

    /// The rest of a directive, behind its percent sign.
    mutating func directive(at offset: Int) throws(FormatFault) -> Directive {
      let start = index
      var argument: String?
      while let byte = next() {
        switch byte.value {
        // Which of several requests is meant, and for which statuses it is printed.
        case UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "!"), ASCII.comma,
          ASCII.zero...UInt8(ascii: "9"):
          continue
        case UInt8(ascii: "{"): argument = try braced(at: byte.offset)
        case UInt8(ascii: "^"):
          let letters = String(decoding: bytes[index...].prefix(2).map(\.value), as: UTF8.self)
          index = min(index + 2, bytes.count)
          return directive("^" + letters, argument, offset, start)
        default:
          return directive(
            String(decoding: [byte.value], as: UTF8.self), argument, offset, start)
        }
      }
      throw FormatFault("the template ends in the middle of a '%'", at: offset)
    }

    private func directive(
      _ letter: String, _ argument: String?, _ offset: Int, _ start: Int
    ) -> Directive {
      let text = String(decoding: bytes[start..<index].map(\.value), as: UTF8.self)
      return Directive(
        spelling: "%" + text, letter: letter, argument: argument, offset: offset)
    }

    private mutating func braced(at offset: Int) throws(FormatFault) -> String {
      var text: [UInt8] = []
      while let byte = next() {
        if byte.value == UInt8(ascii: "}") { return String(decoding: text, as: UTF8.self) }
        text.append(byte.value)
      }
      throw FormatFault("'%{' without '}'", at: offset)
    }
  }
}
