/// Reads lines by a compiled template in one pass from left to right: where a variable ends
/// follows from its shape and from the literal text behind it, never from trying again.
struct TemplateReader: LineReader {
  private let steps: [TemplateStep]
  private let literals: [UInt8]
  private let leadCount: Int
  private let queryIdentities: [VariablePlan.QueryIdentity]
  private let isEscaping: Bool

  init(_ template: NginxTemplate, _ plan: VariablePlan) throws(FormatFault) {
    isEscaping = template.escape != .none
    queryIdentities = plan.queryIdentities
    leadCount = template.literals[0].count
    var literals = template.literals[0]
    var steps: [TemplateStep] = []
    var hiding = Hiding.shown
    for index in template.variables.indices {
      // Of variables that are read as one text the most secret counts.
      if plan.hiding(index).rawValue > hiding.rawValue { hiding = plan.hiding(index) }
      if try Self.isJoined(template, plan, index) { continue }
      steps.append(
        TemplateStep(
          index, of: template, plan, literalStart: literals.count, hiding: hiding))
      hiding = .shown
      literals += template.literals[index + 1]
    }
    self.steps = steps
    self.literals = literals
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
      let step = steps[index]
      let end = try end(of: step, index, steps, literals, in: line, from: at)
      guard step.literalFits(line, at: end, literals) else {
        throw MalformedLine(end >= line.count ? .missingField : .literal, at: end)
      }
      if step.isWanted {
        let isEscaped = hasEscapes && line.firstIndex(of: ASCII.backslash, in: at..<end) != nil
        try fields.set(step.use, at..<end, of: line, isEscaped: isEscaped)
        if step.identity != .ignored {
          fields.setIdentity(step, at..<end, of: line, isEscaped: isEscaped)
        }
      }
      at = end + step.literalCount
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

  /// Whether the variable and the next one can be read as one text, because nothing stands
  /// between them and nobody wants either.
  private static func isJoined(
    _ template: NginxTemplate, _ plan: VariablePlan, _ index: Int
  ) throws(FormatFault) -> Bool {
    guard template.literals[index + 1].isEmpty, index + 1 < template.variables.count else {
      return false
    }
    if !plan.isWanted(index), !plan.isWanted(index + 1) { return true }
    let name = template.variables[index].name
    let next = template.variables[index + 1]
    throw FormatFault(
      "nothing stands between $\(name) and $\(next.name), so that no one can tell where the "
        + "first ends", at: next.offset, suggestion: "$\(name) $\(next.name)")
  }
}

// MARK: - What is not shown

extension TemplateReader {
  func hiddenPlaces(in line: Span<UInt8>) -> [HiddenPlace] {
    let literals = literals.span
    let steps = steps.span
    var places: [HiddenPlace] = []
    var at = leadCount
    for index in steps.indices {
      let step = steps[index]
      guard let end = try? end(of: step, index, steps, literals, in: line, from: at),
        step.literalFits(line, at: end, literals)
      else { return places }
      if let place = step.hiding.place(at..<end, of: line) { places.append(place) }
      at = end + step.literalCount
    }
    return places + Self.undescribedPlaces(line, from: at)
  }

  /// The words behind all that the format describes, but for numbers and addresses.
  private static func undescribedPlaces(_ line: Span<UInt8>, from start: Int) -> [HiddenPlace] {
    var places: [HiddenPlace] = []
    var start = start
    while start < line.count {
      var end = start
      while end < line.count, !isSeparator(line[end]), line[end] != ASCII.quote { end += 1 }
      let word = line.extracting(start..<end)
      let isNumber = word.count < IDShape.tokenBytesMin && DecimalNumber.scaled(word, by: 0) != nil
      if end > start, !isNumber, !AddressText.isList(word) {
        places.append(HiddenPlace(start..<end, .undescribed))
      }
      start = end + 1
    }
    return places
  }
}

// MARK: - Where a variable ends

extension TemplateReader {
  @inline(__always)
  private func end(
    of step: TemplateStep, _ index: Int, _ steps: Span<TemplateStep>, _ literals: Span<UInt8>,
    in line: Span<UInt8>, from start: Int
  ) throws(MalformedLine) -> Int {
    switch step.ending {
    case .fixed:
      if start < line.count, line[start] == ASCII.dash { return start + 1 }
      return start + step.count
    case .integer:
      let end = Self.endOfInteger(line, start)
      if end == start { throw MalformedLine(.notANumber, at: start) }
      return end
    case .quote: return try Self.closingQuote(line, start)
    case .literal: return try firstPlace(of: step, literals, line, start)
    default: return try rareEnd(of: step, index, steps, literals, in: line, from: start)
    }
  }

  @inline(never)
  private func rareEnd(
    of step: TemplateStep, _ index: Int, _ steps: Span<TemplateStep>, _ literals: Span<UInt8>,
    in line: Span<UInt8>, from start: Int
  ) throws(MalformedLine) -> Int {
    switch step.ending {
    case .beforeTime:
      let time = TimePlace(count: step.count, isEscaping: isEscaping)
      return try time.endOfText(
        line, from: start, before: literals.extracting(step.literal),
        after: literals.extracting(steps[index + 1].literal))
    case .rawQuote:
      let quotes = RawQuotes(literal: step.literal, sameLiteralCount: step.count)
      let next = index + 1 < steps.count ? steps[index + 1] : nil
      return try quotes.endOfText(line, from: start, next: next, literals)
    case .word: return Self.endOfWord(line, start)
    default: return line.count
    }
  }

  @inline(__always)
  static func endOfInteger(_ line: Span<UInt8>, _ start: Int) -> Int {
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
  private func firstPlace(
    of step: TemplateStep, _ literals: Span<UInt8>, _ line: Span<UInt8>, _ start: Int
  ) throws(MalformedLine) -> Int {
    var from = start
    while from < line.count, let place = line.firstIndex(of: step.firstByte, from: from) {
      if step.literalFits(line, at: place, literals) { return place }
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
    for identity in queryIdentities {
      fields.setIdentity(identity.slot, fromQueryParameter: identity.name.span, line)
    }
  }
}
