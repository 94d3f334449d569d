/// A regular expression as a table: each byte of a text is looked at once, whatever the expression,
/// so that no client can make matching slow by what it sends.
///
/// It finds a match anywhere in the text, as `matches` of CEL does. What cannot be told by such a
/// table, as references back to groups, is refused, and so is what would need too large a one.
struct LinearPattern: Sendable {
  static let textBytesMax = 1000
  /// Rows of the table.
  static let stateCountMax = 1000

  /// Of each byte its column; bytes that no part of the expression tells apart share one.
  private let columns: [UInt8]
  private let columnCount: Int
  /// The next state, row by row.
  private let next: [UInt16]
  /// A match ends here, or would if the text did.
  private let isMatch: [Bool]
  private let isMatchAtEnd: [Bool]

  init(parsing text: [UInt8]) throws(Expression.Fault) {
    guard text.count <= Self.textBytesMax else {
      throw Expression.Fault("the pattern is longer than \(Self.textBytesMax) bytes", at: 0)
    }
    var parser = PatternParser(text)
    let graph = PatternGraph(try parser.pattern())
    guard let graph, let table = PatternTable(graph) else {
      throw Expression.Fault(
        "the pattern takes more than \(Self.stateCountMax) states; make it shorter, or begin it "
          + "with '^'", at: 0)
    }
    columns = table.columns
    columnCount = table.columnCount
    next = table.next
    isMatch = table.isMatch
    isMatchAtEnd = table.isMatchAtEnd
  }

  func matches(_ text: Span<UInt8>) -> Bool {
    var state = 0
    for offset in text.indices {
      if isMatch[state] { return true }
      state = Int(next[state * columnCount + Int(columns[Int(text[offset])])])
    }
    return isMatchAtEnd[state]
  }
}

/// A set of bytes.
struct ByteSet: Hashable, Sendable {
  private var low: UInt128 = 0
  private var high: UInt128 = 0

  static let all = ByteSet(0...255)

  init(_ ranges: ClosedRange<UInt8>...) { for range in ranges { insert(range) } }

  mutating func insert(_ range: ClosedRange<UInt8>) {
    for byte in range {
      if byte < 128 { low |= 1 << UInt128(byte) } else { high |= 1 << UInt128(byte - 128) }
    }
  }

  func contains(_ byte: UInt8) -> Bool {
    byte < 128 ? low >> UInt128(byte) & 1 == 1 : high >> UInt128(byte - 128) & 1 == 1
  }

  var inverted: ByteSet {
    var other = self
    (other.low, other.high) = (~low, ~high)
    return other
  }

  mutating func formUnion(_ other: ByteSet) {
    low |= other.low
    high |= other.high
  }

  /// Letters of ASCII in both cases, where there is one of them.
  var inBothCases: ByteSet {
    var both = self
    for letter in UInt8(ascii: "a")...UInt8(ascii: "z")
    where contains(letter) || contains(letter - 32) {
      both.insert(letter...letter)
      both.insert((letter - 32)...(letter - 32))
    }
    return both
  }
}
