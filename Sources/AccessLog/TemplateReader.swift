/// Reads lines by a compiled template in one pass from left to right: where a variable ends
/// follows from its shape and from the literal text behind it, never from trying again.
struct TemplateReader: LineReader {
  /// How the end of a variable's text is found.
  enum Ending: UInt8 {
    /// A fixed number of bytes, or a dash.
    case fixed
    /// Digits, or a dash.
    case integer
    /// The next quote that no backslash precedes; the literal must stand there.
    case quote
    /// The first place where the literal stands.
    case literal
    /// Text of the client's choice, unquoted, before a time stamp: the literal and the time
    /// decide, looked for from the right.
    case beforeTime
    /// Whatever is left of the line.
    case rest
    /// Up to a space, at the end of the template.
    case word
  }

  /// One variable and the literal text behind it. Without references, so that walking the
  /// steps counts none.
  private struct Step {
    var use: FieldUse
    var identity: FieldSlot
    var ending: Ending
    /// Of this variable's text, for `fixed`; of the time behind it, for `beforeTime`.
    var fixedCount: Int
    /// In `literals`.
    var literal: Range<Int>
  }

  private var steps: [Step] = []
  private var literals: [UInt8] = []
  private let leadCount: Int
  private let queryIdentities: [VariablePlan.QueryIdentity]
  private let isEscaping: Bool

  init(_ template: NginxTemplate, _ plan: VariablePlan) throws(FormatFault) {
    isEscaping = template.escape != .none
    queryIdentities = plan.queryIdentities
    literals = template.literals[0]
    leadCount = literals.count
    for index in template.variables.indices {
      let variable = template.variables[index]
      let literal = template.literals[index + 1]
      if literal.isEmpty, index + 1 < template.variables.count {
        let next = template.variables[index + 1].name
        throw FormatFault(
          "nothing stands between $\(variable.name) and $\(next), so that no one can tell where "
            + "the first ends", at: template.variables[index + 1].offset,
          suggestion: "\"$\(variable.name) $\(next)\"")
      }
      let ending = Self.ending(index, template)
      steps.append(
        Step(
          use: plan.uses[index], identity: plan.identitySlots[index], ending: ending.ending,
          fixedCount: ending.fixedCount,
          literal: literals.count..<literals.count + literal.count))
      literals += literal
    }
  }

  private static func ending(
    _ index: Int, _ template: NginxTemplate
  ) -> (ending: Ending, fixedCount: Int) {
    let shape = NginxVariables.shape(of: template.variables[index].name)
    let literal = template.literals[index + 1]
    if case .fixed(let count) = shape { return (.fixed, count) }
    if case .integer = shape { return (.integer, 0) }
    if literal.isEmpty {
      if case .client = shape { return (.rest, 0) }
      return (.word, 0)
    }
    if literal[0] == ASCII.quote, template.escape != .none { return (.quote, 0) }
    if case .client = shape, index + 1 < template.variables.count,
      case .fixed(let count) = NginxVariables.shape(of: template.variables[index + 1].name)
    {
      return (.beforeTime, count)
    }
    return (.literal, 0)
  }

  func read(_ line: Span<UInt8>, into fields: inout RecordFields) throws(MalformedLine) {
    let literals = literals.span
    let steps = steps.span
    guard line.has(literals.extracting(0..<leadCount), at: 0) else {
      throw MalformedLine(.literal, at: 0)
    }
    let hasEscapes = isEscaping && line.firstIndex(of: ASCII.backslash, from: 0) != nil
    var at = leadCount
    for index in steps.indices {
      let literal = literals.extracting(steps[index].literal)
      let end = try end(of: index, steps, literals, in: line, from: at)
      guard line.has(literal, at: end) else {
        throw MalformedLine(end >= line.count ? .missingField : .literal, at: end)
      }
      if steps[index].use.slot != .ignored || steps[index].identity != .ignored {
        try take(steps[index], at..<end, line, hasEscapes, into: &fields)
      }
      at = end + literal.count
    }
    if at < line.count {
      guard Self.isSeparator(line[at]) else { throw MalformedLine(.literal, at: at) }
      fields.hasTrailingText = true
    }
    if !queryIdentities.isEmpty { takeQueryIdentities(line, into: &fields) }
  }

  func unescape(_ text: Span<UInt8>, into output: inout [UInt8]) {
    TextEscapes.decode(text, into: &output)
  }

  @inline(__always)
  private func take(
    _ step: Step, _ range: Range<Int>, _ line: Span<UInt8>, _ hasEscapes: Bool,
    into fields: inout RecordFields
  ) throws(MalformedLine) {
    let isEscaped = hasEscapes && line.firstIndex(of: ASCII.backslash, in: range) != nil
    try fields.set(step.use, range, of: line, isEscaped: isEscaped)
    if step.identity != .ignored {
      var use = step.use
      use.slot = step.identity
      try fields.set(use, range, of: line, isEscaped: isEscaped)
    }
  }
}

// MARK: - Where a variable ends

extension TemplateReader {
  @inline(__always)
  private func end(
    of index: Int, _ steps: Span<Step>, _ literals: Span<UInt8>, in line: Span<UInt8>,
    from start: Int
  ) throws(MalformedLine) -> Int {
    let literal = literals.extracting(steps[index].literal)
    switch steps[index].ending {
    case .fixed:
      if start < line.count, line[start] == ASCII.dash { return start + 1 }
      return start + steps[index].fixedCount
    case .integer: return Self.endOfInteger(line, start)
    case .quote: return try Self.closingQuote(line, start)
    case .literal: return try Self.firstPlace(of: literal, line, start)
    case .beforeTime:
      let time = TimePlace(count: steps[index].fixedCount, isEscaping: isEscaping)
      return try time.endOfText(
        line, from: start, before: literal,
        after: literals.extracting(steps[index + 1].literal))
    case .rest: return line.count
    case .word: return Self.endOfWord(line, start)
    }
  }

  @inline(__always)
  private static func endOfInteger(_ line: Span<UInt8>, _ start: Int) -> Int {
    var end = start
    if end < line.count, line[end] == ASCII.dash { end += 1 }
    while end < line.count, line[end].isDigit { end += 1 }
    return end
  }

  private static func endOfWord(_ line: Span<UInt8>, _ start: Int) -> Int {
    var end = start
    while end < line.count, !isSeparator(line[end]) || line[end] == ASCII.comma { end += 1 }
    return end
  }

  @inline(__always)
  private static func closingQuote(
    _ line: Span<UInt8>, _ start: Int
  ) throws(MalformedLine) -> Int {
    var from = start
    while from < line.count, let quote = line.firstIndex(of: ASCII.quote, from: from) {
      if quote == start || line[quote - 1] != ASCII.backslash { return quote }
      if !isEscapedQuote(line, quote, start) { return quote }
      from = quote + 1
    }
    throw MalformedLine(.missingField, at: line.count)
  }

  /// An odd number of backslashes stands before the quote.
  private static func isEscapedQuote(_ line: Span<UInt8>, _ quote: Int, _ start: Int) -> Bool {
    var index = quote
    while index > start, line[index - 1] == ASCII.backslash { index -= 1 }
    return (quote - index) % 2 == 1
  }

  @inline(__always)
  private static func firstPlace(
    of literal: Span<UInt8>, _ line: Span<UInt8>, _ start: Int
  ) throws(MalformedLine) -> Int {
    var from = start
    while from < line.count, let place = line.firstIndex(of: literal[0], from: from) {
      if line.has(literal, at: place) { return place }
      from = place + 1
    }
    throw MalformedLine(.missingField, at: line.count)
  }

  private static func isSeparator(_ byte: UInt8) -> Bool {
    switch byte {
    case ASCII.space, ASCII.tab, ASCII.comma, UInt8(ascii: ";"), UInt8(ascii: "|"): true
    default: false
    }
  }
}

// MARK: - Identities in the query

extension TemplateReader {
  /// Sets the identities that are parameters of the request's query.
  private func takeQueryIdentities(_ line: Span<UInt8>, into fields: inout RecordFields) {
    let text = fields.target.isAbsent ? fields.query : fields.target
    guard !text.isAbsent else { return }
    var query = text.range
    if !fields.target.isAbsent {
      guard let mark = line.firstIndex(of: UInt8(ascii: "?"), in: query) else { return }
      query = mark + 1..<query.upperBound
    }
    for identity in queryIdentities {
      guard let value = QueryParameter.value(of: identity.name.span, line, query) else { continue }
      fields.setText(
        identity.slot,
        RecordFields.Text(value, isEscaped: text.isEscaped, isPercentEncoded: true))
    }
  }
}
