/// One variable of a compiled template, and the literal text behind it. It holds no reference,
/// so that walking the steps of a line counts none.
struct TemplateStep: Sendable {
  /// How the end of the variable's text is found.
  enum Ending: UInt8 {
    /// A fixed number of bytes, or a dash.
    case fixed
    /// Digits with or without a sign, or a dash.
    case integer
    /// The next quote that no backslash precedes; the literal must stand there.
    case quote
    /// The next quote.
    case plainQuote
    /// The first place where the literal stands.
    case literal
    /// Elements with ", " or " : " between them.
    case list
    /// Text of the client's choice whose end nothing tells, unless it is a dash.
    case contested
    /// The last colon of the word.
    case colon
    /// Where a time pattern ends.
    case time
    /// Text of the client's choice, unquoted, before a time stamp.
    case beforeTime
    /// Text of the client's choice, unquoted, before what only the gateway writes.
    case fromRight
    /// A text that was logged as it came, among others that were not.
    case rawQuote
    /// In quotes of its own, or without any.
    case selfQuoted
    /// `{one|two}`, or nothing.
    case captures
    /// Whatever is left of the line.
    case rest
    /// Up to a space, at the end of the template.
    case word
  }

  /// Who chooses the bytes of a text.
  enum Reach: UInt8 {
    case gateway
    /// The client, but no blanks.
    case word
    /// The client.
    case text
  }

  /// What is asked of the text.
  enum Demand: UInt8 {
    case nothing
    /// A number that nobody asked for: a line is malformed all the same where it is none.
    case check
    case take
  }

  let use: FieldUse
  let reach: Reach
  let identity: FieldSlot
  let ending: Ending
  /// Bytes of the text for `fixed` and `time`, of the time behind it for `beforeTime`; how many
  /// steps follow before one that the client cannot reach for `fromRight`.
  let count: Int
  /// An address or the name of a host: it has no blank.
  let isAddress: Bool
  /// Some field or identity is read from it.
  let isWanted: Bool
  /// It is logged as it came, so that nothing in it is an escape.
  let isRaw: Bool
  private(set) var demand: Demand
  /// Of a time behind the text: a quote follows it that the client cannot write.
  let isAnchored: Bool
  /// A text with this byte, which is not 0, may have begun in an earlier one whose end nothing
  /// tells: the line then has more than one reading.
  private(set) var doubt: UInt8 = 0
  /// Whether evidence may show it.
  let hiding: Hiding
  /// In the reader's list of time parts, or of capture slots.
  let parts: Range<Int32>
  /// In the reader's literals.
  let literalStart: Int
  let literalCount: Int
  let firstByte: UInt8
  /// The first eight bytes of the literal, or all of it, and which bits of a word they take.
  private let head: UInt64
  private let headMask: UInt64

  init(
    _ index: Int, of template: Template, _ plan: VariablePlan, literalStart: Int,
    parts: Range<Int>, hiding: Hiding
  ) {
    self.hiding = hiding
    self.parts = Int32(parts.lowerBound)..<Int32(parts.upperBound)
    use = plan.uses[index]
    identity = plan.identitySlots[index]
    isAddress = template.variables[index].shape == .address
    isWanted = plan.isWanted(index)
    demand = isWanted ? .take : .nothing
    isRaw = template.variables[index].isRaw
    reach = template.variables[index].shape.reach
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
    isAnchored =
      ending == .beforeTime && !isRaw && template.escape.protects(ASCII.quote)
      && template.literals[index + 2].contains(ASCII.quote)
  }

  /// Leaves undone what is for other columns than `columns`.
  mutating func limit(to columns: RecordColumns) {
    guard isWanted, identity == .ignored, ending != .captures, let column = use.slot.column,
      !columns.contains(column)
    else { return }
    demand = !use.slot.isNumber ? .nothing : use.unit.isUnusual ? .take : .check
  }

  /// Says which byte the text shares with the literal of an earlier contested one.
  mutating func setDoubt(_ byte: UInt8) { doubt = byte }

  var literal: Range<Int> { literalStart..<literalStart + literalCount }

  /// Whether the literal stands at `offset` of `line`.
  @inline(__always)
  func literalFits(_ line: Span<UInt8>, at offset: Int, _ literals: Span<UInt8>) -> Bool {
    if offset + 8 <= line.count, literalCount <= 8 {
      return line.word(at: offset) & headMask == head
    }
    return line.has(literals.extracting(literal), at: offset)
  }

  /// Whether the line ends at `offset`, or in the middle of the literal.
  func isCut(_ line: Span<UInt8>, at offset: Int, _ literals: Span<UInt8>) -> Bool {
    guard offset <= line.count, line.count - offset < literalCount else { return false }
    return line.has(
      literals.extracting(literalStart..<literalStart + line.count - offset), at: offset)
  }
}

// MARK: - Choosing how an end is found

extension TemplateStep {
  private static func ending(_ index: Int, _ template: Template) -> (Ending, Int) {
    let variable = template.variables[index]
    let literal = template.literals[index + 1]
    switch variable.shape {
    case .captures: return (.captures, 0)
    case .time: return (.time, variable.pattern?.byteCount ?? 0)
    case .fixed(let count) where !variable.isSelfQuoted: return (.fixed, count)
    case .integer where !variable.isSelfQuoted: return (.integer, 0)
    case .list where !variable.isSelfQuoted && literal.first != ASCII.quote: return (.list, 0)
    default: break
    }
    if variable.isSelfQuoted { return (.selfQuoted, 0) }
    guard let first = literal.first else {
      return (variable.shape == .client ? .rest : .word, 0)
    }
    if first == ASCII.quote { return (quoteEnding(variable, template.escape), 0) }
    if first == ASCII.colon, variable.shape == .address { return (.colon, 0) }
    // What the writer escapes is not in the client's text.
    guard variable.shape.reach != .gateway, !template.isSafe(literal, after: variable)
    else { return (.literal, 0) }
    // A referrer is a URL; with blanks in it a client blurs nothing but its own user agent.
    if variable.slot == .referrer, literal.contains(ASCII.space),
      index + 1 < template.variables.count, template.variables[index + 1].slot == .userAgent
    {
      return (.literal, 0)
    }
    if index + 1 < template.variables.count, let count = template.variables[index + 1].byteCount {
      return (.beforeTime, count)
    }
    return template.trustedCount(after: index).map { (.fromRight, $0) } ?? (.contested, 0)
  }

  private static func quoteEnding(_ variable: TemplateVariable, _ escape: TextEscape) -> Ending {
    if variable.isRaw { return .rawQuote }
    switch escape {
    case .backslash, .json, .backslashQuote, .structured: return .quote
    case .hash, .doubledQuote, .none: return .plainQuote
    }
  }
}

extension TemplateVariable {
  /// Bytes of a time stamp, where all of its kind have as many.
  fileprivate var byteCount: Int? {
    switch shape {
    case .fixed(let count): count
    case .time: pattern?.byteCount
    default: nil
    }
  }
}

extension TemplateVariable.Shape {
  fileprivate var reach: TemplateStep.Reach {
    switch self {
    case .client: .text
    case .clientWord: .word
    default: .gateway
    }
  }
}

extension Template {
  /// Whether the client's text in `variable` cannot hold `literal`: the writer escapes a byte of
  /// it, or it has a blank, or a delimiter that RFC 9110 keeps out of methods.
  fileprivate func isSafe(_ literal: [UInt8], after variable: TemplateVariable) -> Bool {
    let isWord = variable.shape == .clientWord
    return literal.contains {
      !variable.isRaw && escape.protects($0) || isWord && ($0 == ASCII.space || $0 == ASCII.tab)
        || isWord && variable.slot == .method && Self.methodDelimiters.contains($0)
    }
  }

  private static let methodDelimiters = Array("\"(),/:;<=>?@[\\]{}".utf8)

  /// How many variables stand between the client's text at `index` and what it cannot reach:
  /// a quote that the writer would have escaped, or the end of the line. `nil` where one of
  /// them is the client's too, so that no one can tell.
  fileprivate func trustedCount(after index: Int) -> Int? {
    var count = 0
    var hasOwnQuotes = false
    for next in index + 1..<max(index + 1, variables.count) {
      let shape = variables[next].shape
      // Behind a comma of the client's a list would seem to begin too early.
      if shape == .client || shape == .list { return nil }
      if shape == .clientWord {
        let isLast = literals[next + 1].isEmpty
        guard isSafe(literals[next], after: variables[next]),
          isLast || isSafe(literals[next + 1], after: variables[next])
        else { return nil }
      }
      count += 1
      // The first quote behind the text would be such a variable's own.
      if variables[next].isSelfQuoted { hasOwnQuotes = true }
      let isRaw = variables[index].isRaw
      if !isRaw, literals[next + 1].contains(where: { escape.protects($0) }) {
        return hasOwnQuotes ? nil : count
      }
    }
    return count
  }
}
