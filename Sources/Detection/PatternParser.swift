/// Recursive descent over a regular expression, in the syntax that RE2, Go and CEL share.
struct PatternParser {
  indirect enum Pattern {
    case bytes(ByteSet)
    case start, end
    case sequence([Pattern])
    case choice([Pattern])
    /// `nil` is without end.
    case repeated(Pattern, from: Int, through: Int?)
  }

  typealias Fault = Expression.Fault

  static let depthMax = 32
  static let countMax = 255

  private let text: [UInt8]
  private var at = 0
  private var ignoresCase = false

  init(_ text: [UInt8]) { self.text = text }

  mutating func pattern() throws(Fault) -> Pattern {
    if text.starts(with: "(?i)".utf8) {
      ignoresCase = true
      at = 4
    }
    let pattern = try choice(depth: 0)
    guard at == text.count else { throw Fault("a ')' without its '(' in the pattern", at: at) }
    return pattern
  }

  private var byte: UInt8? { at < text.count ? text[at] : nil }

  private mutating func skip(_ character: Unicode.Scalar) -> Bool {
    guard byte == UInt8(ascii: character) else { return false }
    at += 1
    return true
  }

  // MARK: - structure

  private mutating func choice(depth: Int) throws(Fault) -> Pattern {
    guard depth < Self.depthMax else {
      throw Fault("the pattern is nested deeper than \(Self.depthMax) levels", at: at)
    }
    var parts = [try sequence(depth: depth)]
    while skip("|") { parts.append(try sequence(depth: depth)) }
    return parts.count == 1 ? parts[0] : .choice(parts)
  }

  private mutating func sequence(depth: Int) throws(Fault) -> Pattern {
    var parts: [Pattern] = []
    while let byte, byte != UInt8(ascii: "|"), byte != UInt8(ascii: ")") {
      let single = try single(depth: depth)
      parts.append(try repetition(of: single))
    }
    return .sequence(parts)
  }

  private mutating func single(depth: Int) throws(Fault) -> Pattern {
    let start = at
    let byte = text[at]
    at += 1
    switch byte {
    case UInt8(ascii: "^"): return .start
    case UInt8(ascii: "$"): return .end
    case UInt8(ascii: "."): return .bytes(.all)
    case UInt8(ascii: "["): return .bytes(try set(from: start))
    case UInt8(ascii: "("): return try group(from: start, depth: depth)
    case UInt8(ascii: "\\"): return .bytes(cased(try escape(from: start)))
    case UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "?"):
      throw Fault("nothing stands before the repetition in the pattern", at: start)
    case UInt8(ascii: "{"): return try brace(from: start)
    case 0xc0...: return .sequence(character(from: start))
    default: return .bytes(cased(ByteSet(byte...byte)))
    }
  }

  /// A brace stands for itself, unless it is a repetition of nothing.
  private mutating func brace(from start: Int) throws(Fault) -> Pattern {
    at = start
    guard try counts() == nil else {
      throw Fault("nothing stands before the repetition in the pattern", at: start)
    }
    at = start + 1
    return .bytes(ByteSet(text[start]...text[start]))
  }

  /// The bytes of one character beyond ASCII, which are repeated together.
  private mutating func character(from start: Int) -> [Pattern] {
    while let byte, (0x80..<0xc0).contains(byte) { at += 1 }
    return text[start..<at].map { .bytes(ByteSet($0...$0)) }
  }

  private func cased(_ set: ByteSet) -> ByteSet { ignoresCase ? set.inBothCases : set }

  private mutating func group(from start: Int, depth: Int) throws(Fault) -> Pattern {
    if skip("?"), !skip(":") {
      throw Fault(
        "of groups that begin with '?' there is '(?:…)', and '(?i)' at the beginning of all: "
          + "looking ahead or back takes no linear time", at: start)
    }
    let inner = try choice(depth: depth + 1)
    guard skip(")") else { throw Fault("a '(' of the pattern has no ')'", at: start) }
    return inner
  }

  // MARK: - repetition

  private mutating func repetition(of pattern: Pattern) throws(Fault) -> Pattern {
    let start = at
    let counts: (from: Int, through: Int?)
    if skip("*") {
      counts = (0, nil)
    } else if skip("+") {
      counts = (1, nil)
    } else if skip("?") {
      counts = (0, 1)
    } else if let found = try self.counts() {
      counts = found
    } else {
      return pattern
    }
    // How much is taken makes no difference where it is only asked whether.
    _ = skip("?")
    let end = at
    var isRepeated = byte == UInt8(ascii: "*") || byte == UInt8(ascii: "+")
    if try self.counts() != nil { isRepeated = true }
    guard !isRepeated else { throw Fault("a repetition of a repetition in the pattern", at: end) }
    if let through = counts.through, through < counts.from {
      throw Fault("the repetition ends before it begins", at: start)
    }
    return .repeated(pattern, from: counts.from, through: counts.through)
  }

  /// `{3}`, `{3,}`, `{3,5}`; a brace without a number stands for itself.
  private mutating func counts() throws(Fault) -> (from: Int, through: Int?)? {
    let start = at
    guard skip("{"), let from = try number() else {
      at = start
      return nil
    }
    var through: Int? = from
    if skip(",") { through = try number() }
    guard skip("}") else {
      at = start
      return nil
    }
    return (from, through)
  }

  private mutating func number() throws(Fault) -> Int? {
    let start = at
    var number = 0
    while let byte, (48...57).contains(byte) {
      number = number * 10 + Int(byte - 48)
      at += 1
      guard number <= Self.countMax else {
        throw Fault("a repetition of more than \(Self.countMax) times", at: start)
      }
    }
    return at > start ? number : nil
  }

  // MARK: - sets

  private static let digits = ByteSet(48...57)
  private static let words = ByteSet(48...57, 65...90, 95...95, 97...122)
  private static let blanks = ByteSet(9...13, 32...32)

  private static let classes: [UInt8: ByteSet] = [
    UInt8(ascii: "d"): digits, UInt8(ascii: "D"): digits.inverted,
    UInt8(ascii: "w"): words, UInt8(ascii: "W"): words.inverted,
    UInt8(ascii: "s"): blanks, UInt8(ascii: "S"): blanks.inverted,
  ]
  private static let controls: [UInt8: UInt8] = [
    UInt8(ascii: "n"): 10, UInt8(ascii: "r"): 13, UInt8(ascii: "t"): 9, UInt8(ascii: "f"): 12,
    UInt8(ascii: "v"): 11,
  ]

  /// What stands behind a backslash.
  private mutating func escape(from start: Int) throws(Fault) -> ByteSet {
    guard let byte else { throw Fault("the pattern ends within an escape", at: start) }
    at += 1
    if let known = Self.classes[byte] { return known }
    if let control = Self.controls[byte] { return ByteSet(control...control) }
    if byte == UInt8(ascii: "x") { return try hexadecimal(from: start) }
    guard !(48...57).contains(byte) else {
      throw Fault("a pattern cannot refer back to a group: that takes no linear time", at: start)
    }
    guard !(65...90).contains(byte), !(97...122).contains(byte) else {
      let name = String(decoding: [byte], as: UTF8.self)
      throw Fault("'\\\(name)' is not taken in a pattern", at: start)
    }
    return ByteSet(byte...byte)
  }

  private mutating func hexadecimal(from start: Int) throws(Fault) -> ByteSet {
    guard at + 1 < text.count, let high = hexadecimalDigit(text[at]),
      let low = hexadecimalDigit(text[at + 1])
    else { throw Fault("two hexadecimal digits stand behind '\\x'", at: start) }
    at += 2
    return ByteSet((high << 4 | low)...(high << 4 | low))
  }

  /// `[a-z_]`, `[^/]`; a bracket right behind the first stands for itself.
  private mutating func set(from start: Int) throws(Fault) -> ByteSet {
    let isInverted = skip("^")
    var set = ByteSet()
    var isFirst = true
    while isFirst || byte != UInt8(ascii: "]") {
      guard byte != nil else { throw Fault("a '[' of the pattern has no ']'", at: start) }
      isFirst = false
      try addRange(to: &set)
    }
    at += 1
    // What is excluded is so in both cases.
    return isInverted ? cased(set).inverted : cased(set)
  }

  private mutating func addRange(to set: inout ByteSet) throws(Fault) {
    let start = at
    let (first, many) = try member()
    guard byte == UInt8(ascii: "-"), at + 1 < text.count, text[at + 1] != UInt8(ascii: "]"),
      let first
    else { return set.formUnion(many) }
    at += 1
    guard let last = try member().single, last >= first else {
      throw Fault("a range of the pattern ends before it begins", at: start)
    }
    set.insert(first...last)
  }

  /// One byte, or a class of many.
  private mutating func member() throws(Fault) -> (single: UInt8?, set: ByteSet) {
    let start = at
    guard let byte else { throw Fault("a '[' of the pattern has no ']'", at: start) }
    at += 1
    guard byte < 128 else {
      throw Fault("between brackets there is ASCII alone", at: start)
    }
    if byte == UInt8(ascii: "["), self.byte == UInt8(ascii: ":") {
      throw Fault("a class is not named in a pattern; write [0-9] or [a-zA-Z]", at: start)
    }
    guard byte == UInt8(ascii: "\\") else { return (byte, ByteSet(byte...byte)) }
    let isClass = self.byte.map { Self.classes[$0] != nil } ?? false
    let set = try escape(from: start)
    let single = isClass ? nil : (0...255).first { set.contains($0) }
    return (single, set)
  }
}
