/// One variable of a compiled template, and the literal text behind it. It holds no reference,
/// so that walking the steps of a line counts none.
struct TemplateStep: Sendable {
  /// How the end of the variable's text is found.
  enum Ending: UInt8 {
    /// A fixed number of bytes, or a dash.
    case fixed
    /// Digits, or a dash.
    case integer
    /// The next quote that no backslash precedes; the literal must stand there.
    case quote
    /// The first place where the literal stands.
    case literal
    /// Text of the client's choice, unquoted, before a time stamp.
    case beforeTime
    /// A quoted text in which the writer left quotes as they came.
    case rawQuote
    /// Whatever is left of the line.
    case rest
    /// Up to a space, at the end of the template.
    case word
  }

  let use: FieldUse
  let identity: FieldSlot
  let ending: Ending
  /// Bytes of the text for `fixed`, of the time behind it for `beforeTime`; how many steps from
  /// this one on have the same literal for `rawQuote`.
  let count: Int
  /// Some field or identity is read from it.
  let isWanted: Bool
  /// Whether evidence may show it.
  let hiding: Hiding
  /// In the reader's literals.
  let literalStart: Int
  let literalCount: Int
  let firstByte: UInt8
  /// The first eight bytes of the literal, or all of it, and which bits of a word they take.
  private let head: UInt64
  private let headMask: UInt64

  init(
    _ index: Int, of template: NginxTemplate, _ plan: VariablePlan, literalStart: Int,
    hiding: Hiding
  ) {
    self.hiding = hiding
    use = plan.uses[index]
    identity = plan.identitySlots[index]
    isWanted = use.slot != .ignored || identity != .ignored
    let literal = template.literals[index + 1]
    self.literalStart = literalStart
    literalCount = literal.count
    firstByte = literal.first ?? 0
    var head: UInt64 = 0
    var mask: UInt64 = 0
    for (offset, byte) in literal.prefix(8).enumerated() {
      head |= UInt64(byte) << UInt64(offset * 8)
      mask |= 0xff << UInt64(offset * 8)
    }
    self.head = head
    headMask = mask
    (ending, count) = Self.ending(index, template)
  }

  var literal: Range<Int> { literalStart..<literalStart + literalCount }

  /// Whether the literal stands at `offset` of `line`.
  @inline(__always)
  func literalFits(_ line: Span<UInt8>, at offset: Int, _ literals: Span<UInt8>) -> Bool {
    if offset + 8 <= line.count, literalCount <= 8 {
      return line.word(at: offset) & headMask == head
    }
    return line.has(literals.extracting(literal), at: offset)
  }

  private static func ending(_ index: Int, _ template: NginxTemplate) -> (Ending, Int) {
    let shape = NginxVariables.shape(of: template.variables[index].name)
    let literal = template.literals[index + 1]
    if case .fixed(let count) = shape { return (.fixed, count) }
    if case .integer = shape { return (.integer, 0) }
    if literal.isEmpty {
      if case .client = shape { return (.rest, 0) }
      return (.word, 0)
    }
    if literal[0] == ASCII.quote {
      guard template.escape == .none else { return (.quote, 0) }
      return (.rawQuote, template.literals[(index + 1)...].count { $0 == literal })
    }
    if case .client = shape, index + 1 < template.variables.count,
      case .fixed(let count) = NginxVariables.shape(of: template.variables[index + 1].name)
    {
      return (.beforeTime, count)
    }
    return (.literal, 0)
  }
}

extension RecordFields {
  /// Sets one of the identities to `range` of `line`, unless it stands for nothing.
  @inline(__always)
  mutating func setIdentity(
    _ step: TemplateStep, _ range: Range<Int>, of line: Span<UInt8>, isEscaped: Bool
  ) {
    if range.isEmpty { return }
    if step.use.dashIsAbsent, range.count == 1, line[range.lowerBound] == ASCII.dash { return }
    let text = Text(range, isEscaped: isEscaped, isPercentEncoded: step.use.isPercentEncoded)
    setText(step.identity, text)
  }

  /// Sets one of the identities to a parameter of the request's query, if it is there.
  mutating func setIdentity(
    _ slot: FieldSlot, fromQueryParameter name: Span<UInt8>, _ line: Span<UInt8>
  ) {
    let text = target.isAbsent ? query : target
    guard !text.isAbsent else { return }
    var range = text.range
    if !target.isAbsent {
      guard let mark = line.firstIndex(of: UInt8(ascii: "?"), in: range) else { return }
      range = mark + 1..<range.upperBound
    }
    guard let value = QueryParameter.value(of: name, line, range) else { return }
    setText(slot, Text(value, isEscaped: text.isEscaped, isPercentEncoded: true))
  }
}
