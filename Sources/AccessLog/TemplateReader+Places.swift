/// Where the text of a step stands in a line.
struct TextPlace {
  var start: Int
  var end: Int
  /// Where the literal belongs: behind the text, or behind its own quote.
  var next: Int

  @inline(__always)
  init(_ start: Int, _ end: Int) {
    self.start = start
    self.end = end
    next = end
  }

  @inline(__always)
  init(_ start: Int, _ end: Int, next: Int) {
    self.start = start
    self.end = end
    self.next = next
  }
}

extension TemplateReader {
  /// Where the text of `step` stands that begins at `start`. `read` has the frequent cases of
  /// this in its own loop, because a call for each variable costs as much as finding its end.
  func place(
    of index: Int, _ steps: Span<TemplateStep>, _ literals: Span<UInt8>,
    in line: Span<UInt8>, from start: Int, _ times: inout TimeParts
  ) throws(MalformedLine) -> TextPlace {
    switch steps[index].ending {
    case .fixed: return Self.fixedPlace(steps[index].count, line, start)
    case .integer: return try Self.integerPlace(line, start)
    case .quote: return TextPlace(start, try Self.closingQuote(line, start))
    case .literal: return try TextPlace(start, firstPlace(of: index, literals, line, start))
    default:
      return try rarePlace(of: index, steps, literals, in: line, from: start, &times)
    }
  }

  @inline(__always)
  static func fixedPlace(_ count: Int, _ line: Span<UInt8>, _ start: Int) -> TextPlace {
    let isAbsent = start < line.count && line[start] == ASCII.dash
    return TextPlace(start, isAbsent ? start + 1 : start + count)
  }

  @inline(__always)
  static func integerPlace(
    _ line: Span<UInt8>, _ start: Int
  ) throws(MalformedLine) -> TextPlace {
    let end = endOfInteger(line, start)
    if end == start { throw MalformedLine(.notANumber, at: start) }
    return TextPlace(start, end)
  }

  @inline(never)
  func rarePlace(
    of index: Int, _ steps: Span<TemplateStep>, _ literals: Span<UInt8>,
    in line: Span<UInt8>, from start: Int, _ times: inout TimeParts
  ) throws(MalformedLine) -> TextPlace {
    let step = steps[index]
    switch step.ending {
    case .plainQuote:
      guard start < line.count, let quote = line.firstIndex(of: ASCII.quote, from: start) else {
        throw MalformedLine(.missingField, at: line.count)
      }
      return TextPlace(start, quote)
    case .list: return TextPlace(start, Self.endOfList(line, start, before: step, literals))
    case .contested:
      guard line.has("-", at: start, end: line.count),
        step.literalFits(line, at: start + 1, literals)
      else { throw MalformedLine(.literal, at: min(start, line.count)) }
      return TextPlace(start, start + 1)
    case .time: return try timePlace(of: step, literals, line, start, &times)
    case .selfQuoted: return try selfQuoted(step, index, literals, line, start)
    case .beforeTime, .fromRight:
      // Apache writes a user without a name so, and only there two quotes stand so.
      if !step.isRaw, escape.protects(ASCII.quote),
        line.has("\"\"", at: start, end: line.count),
        step.literalFits(line, at: start + 2, literals)
      {
        return TextPlace(start, start, next: start + 2)
      }
      if step.ending == .fromRight {
        return TextPlace(start, try endFromRight(index, steps, literals, line, start))
      }
      let time = TimePlace(count: step.count, isAnchored: step.isAnchored)
      return TextPlace(
        start,
        try time.endOfText(
          line, from: start, before: literals.extracting(step.literal),
          after: literals.extracting(steps[index + 1].literal)))
    case .rawQuote:
      let next = index + 1 < steps.count ? steps[index + 1] : nil
      return TextPlace(start, try rawQuote(step, next, literals, line, start))
    case .colon: return TextPlace(start, try lastColon(step, literals, line, start))
    case .captures:
      guard let end = line.firstIndex(of: UInt8(ascii: "}"), from: start) else {
        throw MalformedLine(.missingField, at: line.count)
      }
      return TextPlace(start + 1, end, next: end + 1)
    case .word: return TextPlace(start, Self.endOfWord(line, start, step))
    default: return TextPlace(start, line.count)
    }
  }
}

// MARK: - Texts in quotes

extension TemplateReader {
  @inline(__always)
  static func closingQuote(
    _ line: Span<UInt8>, _ start: Int
  ) throws(MalformedLine) -> Int {
    var from = start
    while from < line.count, let quote = line.firstNear(ASCII.quote, from: from) {
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

  /// A text in quotes of its own, or up to the literal.
  private func selfQuoted(
    _ step: TemplateStep, _ index: Int, _ literals: Span<UInt8>, _ line: Span<UInt8>,
    _ start: Int
  ) throws(MalformedLine) -> TextPlace {
    guard start < line.count, line[start] == ASCII.quote else {
      // What lacks its quotes may be the rest of the client's text before it.
      if isContested, step.reach != .gateway, start < line.count, line[start] != ASCII.dash {
        throw MalformedLine(.literal, at: start)
      }
      guard step.literalCount > 0 else {
        return TextPlace(start, Self.endOfWord(line, start, step))
      }
      return TextPlace(start, try firstPlace(of: index, literals, line, start))
    }
    guard let end = ownQuote(line, start + 1) else {
      // Syslog cuts lines at 1024 bytes; what is there of the last text is still true.
      if index + 1 == steps.count, escape == .hash, start + 1 < line.count {
        return TextPlace(start + 1, line.count)
      }
      throw MalformedLine(.missingField, at: line.count)
    }
    return TextPlace(start + 1, end, next: end + 1)
  }

  private func ownQuote(_ line: Span<UInt8>, _ start: Int) -> Int? {
    switch escape {
    case .backslash, .json, .backslashQuote, .structured: return try? Self.closingQuote(line, start)
    case .hash, .none:
      return start < line.count ? line.firstIndex(of: ASCII.quote, from: start) : nil
    case .doubledQuote:
      var from = start
      while from < line.count, let quote = line.firstIndex(of: ASCII.quote, from: from) {
        guard quote + 1 < line.count, line[quote + 1] == ASCII.quote else { return quote }
        from = quote + 2
      }
      return nil
    }
  }

  /// The first place where the quote stands and what follows it can follow.
  private func rawQuote(
    _ step: TemplateStep, _ next: TemplateStep?, _ literals: Span<UInt8>, _ line: Span<UInt8>,
    _ start: Int
  ) throws(MalformedLine) -> Int {
    var from = start
    while from < line.count, let place = line.firstIndex(of: ASCII.quote, from: from) {
      if step.literalFits(line, at: place, literals),
        Self.isFollowed(by: next, at: place + step.literalCount, line, literals)
      {
        return place
      }
      from = place + 1
    }
    throw MalformedLine(.missingField, at: line.count)
  }

  /// Where a number must follow, there is one, and its own literal behind it.
  static func isFollowed(
    by next: TemplateStep?, at offset: Int, _ line: Span<UInt8>, _ literals: Span<UInt8>
  ) -> Bool {
    guard let next, next.ending == .integer else { return true }
    let end = endOfInteger(line, offset)
    return end > offset && next.literalFits(line, at: end, literals)
  }
}

// MARK: - Texts without quotes

extension TemplateReader {
  @inline(__always)
  static func endOfInteger(_ line: Span<UInt8>, _ start: Int) -> Int {
    var end = start
    if end < line.count, line[end] == ASCII.dash || line[end] == UInt8(ascii: "+") { end += 1 }
    while end < line.count, line[end].isDigit { end += 1 }
    return end
  }

  /// Where the element ends behind which neither a comma nor a colon stands with its blanks.
  private static func endOfList(
    _ line: Span<UInt8>, _ start: Int, before step: TemplateStep, _ literals: Span<UInt8>
  ) -> Int {
    var at = min(start, line.count)
    while at < line.count {
      if line.has(", ", at: at, end: line.count) {
        at += 2
      } else if line.has(" : ", at: at, end: line.count) {
        at += 3
      } else if line[at] == ASCII.space
        || step.literalCount > 0 && step.literalFits(line, at: at, literals)
      {
        return at
      } else {
        at += 1
      }
    }
    return at
  }

  /// A word ends with a blank, a number also with a mark that stands in none: names of Istio's
  /// clusters have bars, `outbound|9080||reviews`.
  private static func endOfWord(_ line: Span<UInt8>, _ start: Int, _ step: TemplateStep) -> Int {
    var end = start
    while end < line.count {
      let byte = line[end]
      if byte == ASCII.space || byte == ASCII.tab { break }
      if step.use.slot.isNumber, isSeparator(byte), byte != ASCII.comma { break }
      end += 1
    }
    return end
  }

  func firstPlace(
    of index: Int, _ literals: Span<UInt8>, _ line: Span<UInt8>, _ start: Int
  ) throws(MalformedLine) -> Int {
    let steps = steps.span
    // Most texts between blanks are short.
    var from = start
    while from < line.count, let place = line.firstNear(steps[index].firstByte, from: from) {
      if steps[index].literalFits(line, at: place, literals) { return place }
      from = place + 1
    }
    if index + 1 >= requiredCount, start <= line.count { return line.count }
    throw MalformedLine(.missingField, at: line.count)
  }

  /// The last colon before the first space: addresses have colons themselves.
  private func lastColon(
    _ step: TemplateStep, _ literals: Span<UInt8>, _ line: Span<UInt8>, _ start: Int
  ) throws(MalformedLine) -> Int {
    guard start <= line.count else { throw MalformedLine(.missingField, at: line.count) }
    let end = line.firstIndex(of: ASCII.space, from: start) ?? line.count
    guard let colon = line.lastIndex(of: ASCII.colon, in: start..<end) else {
      throw MalformedLine(.missingField, at: end)
    }
    return colon
  }

  /// A dash, or what the pattern spells; the parts go to `times` where they are wanted.
  private func timePlace(
    of step: TemplateStep, _ literals: Span<UInt8>, _ line: Span<UInt8>, _ start: Int,
    _ times: inout TimeParts
  ) throws(MalformedLine) -> TextPlace {
    let parts = timeParts.span.extracting(step.partRange)
    guard step.use.slot == .timeParts else {
      var unwanted = TimeParts()
      if let end = unwanted.read(parts, line, from: start) { return TextPlace(start, end) }
      if start < line.count, line[start] == ASCII.dash { return TextPlace(start, start + 1) }
      throw MalformedLine(.badTime, at: start)
    }
    guard let end = times.read(parts, line, from: start) else {
      throw MalformedLine(.badTime, at: start)
    }
    return TextPlace(start, end)
  }

  /// Goes from what the client cannot reach back to the end of its text.
  private func endFromRight(
    _ index: Int, _ steps: Span<TemplateStep>, _ literals: Span<UInt8>, _ line: Span<UInt8>,
    _ start: Int
  ) throws(MalformedLine) -> Int {
    let fault = MalformedLine(.missingField, at: line.count)
    guard start <= line.count else { throw fault }
    let last = index + steps[index].count
    var end = line.count - steps[last].literalCount
    let literal = literals.extracting(steps[last].literal)
    for offset in literal.indices where !steps[index].isRaw && escape.protects(literal[offset]) {
      let first =
        literal[offset] == ASCII.quote
        ? try? Self.closingQuote(line, start) : line.firstIndex(of: literal[offset], from: start)
      guard let first else { throw fault }
      end = first - offset
      break
    }
    guard end >= start, steps[last].literalFits(line, at: end, literals) else { throw fault }
    var step = last
    while step > index {
      let before = steps[step - 1]
      guard
        let begin = startFromRight(
          steps[step], before, literals, line, start..<end)
      else { throw fault }
      end = begin - before.literalCount
      guard end >= start, before.literalFits(line, at: end, literals) else { throw fault }
      step -= 1
    }
    return end
  }

  /// Where the text of `step` begins that ends with `range`.
  func startFromRight(
    _ step: TemplateStep, _ before: TemplateStep, _ literals: Span<UInt8>,
    _ line: Span<UInt8>, _ range: Range<Int>
  ) -> Int? {
    switch step.ending {
    case .selfQuoted where range.count > 1 && line[range.upperBound - 1] == ASCII.quote:
      // The writer escapes a quote in it, so the next one to the left is where it begins.
      return line.lastIndex(of: ASCII.quote, in: range.lowerBound..<range.upperBound - 1)
    case .fixed where step.count > 0, .time where step.count > 0:
      return range.count >= step.count ? range.upperBound - step.count : nil
    case .integer:
      var begin = range.upperBound
      while begin > range.lowerBound, line[begin - 1].isDigit { begin -= 1 }
      let place = begin - before.literalCount
      if begin > range.lowerBound, line[begin - 1] == ASCII.dash,
        place < 0 || !before.literalFits(line, at: place, literals)
      {
        begin -= 1
      }
      return begin
    default:
      var place = range.upperBound - before.literalCount
      while place >= range.lowerBound {
        if before.literalFits(line, at: place, literals) { return place + before.literalCount }
        place -= 1
      }
      return nil
    }
  }

  static func isSeparator(_ byte: UInt8) -> Bool {
    switch byte {
    case ASCII.space, ASCII.tab, ASCII.comma, UInt8(ascii: ";"), UInt8(ascii: "|"): true
    default: false
    }
  }
}
