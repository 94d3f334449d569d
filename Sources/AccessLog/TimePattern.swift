/// How a writer spells an instant: the letters of C's `strftime`, as Apache's `%{…}t`, Envoy's
/// `%START_TIME(…)%` and Varnish take them, with a fraction added where the writer has one.
struct TimePattern: Hashable, Sendable {
  /// One element of a pattern, without references, so that reading a line counts none.
  struct Part: Hashable, Sendable {
    enum Kind: UInt8 {
      case literal
      case year, shortYear, month, monthName, day, dayOfYear
      case hour, hour12, half, minute, second, fraction, optionalFraction
      case zone, zoneName, word
      case epochSeconds, epochMilliseconds, epochMicroseconds
    }

    var kind: Kind
    /// The byte of a literal; the digits of a fraction, where 0 is any number of them.
    var value: UInt8 = 0

    init(_ kind: Kind, _ value: UInt8 = 0) {
      self.kind = kind
      self.value = value
    }
  }

  private(set) var parts: [Part]

  init(_ parts: [Part]) {
    self.parts = parts
    // The name of a zone says nothing where its offset is written, too.
    let hasOffset = parts.contains { $0.kind == .zone }
    for index in parts.indices {
      if hasOffset, parts[index].kind == .zoneName { self.parts[index].kind = .word }
      // `%s%3f`: seconds have ten digits from 2001 to 2286.
      if parts[index].kind == .epochSeconds, index + 1 < parts.count,
        parts[index + 1].kind == .fraction
      {
        self.parts[index].value = Self.epochDigitCount
      }
    }
  }

  /// Digits of the seconds since 1970 where more digits follow.
  static let epochDigitCount: UInt8 = 10

  /// This pattern and `next` as one, where nothing stands between them.
  func followed(by next: TimePattern) -> TimePattern { TimePattern(parts + next.parts) }

  /// Digits behind it would be taken for its own.
  var endsOpen: Bool {
    guard let last = parts.last else { return true }
    switch last.kind {
    case .epochSeconds, .epochMilliseconds, .epochMicroseconds: return last.value == 0
    case .fraction, .optionalFraction: return last.value == 0
    default: return false
    }
  }

  /// `18/Jul/2025:14:14:47 -0400`, for which there is a faster way.
  var isCLF: Bool { self == Self.clf }

  /// As Common Log Format has it.
  static let clf = TimePattern(known: "%d/%b/%Y:%H:%M:%S %z")

  /// Of our own making, so that it has no faults. `%3f` is a fraction of three digits.
  init(known format: StaticString) {
    let text = "\(format)"
    guard case .success(let pattern) = Self.compiled(text) else {
      preconditionFailure("\(text) is a pattern")
    }
    self = pattern
  }

  /// Compiles what stands in a gateway's configuration.
  /// - Parameter offset: where it stands in the template, for faults.
  init(_ format: String, at offset: Int) throws(FormatFault) {
    switch Self.compiled(format) {
    case .success(let pattern): self = pattern
    case .failure(let fault):
      throw FormatFault(fault.message, at: offset + fault.offset, suggestion: fault.suggestion)
    }
  }

  // MARK: - What it tells

  func has(_ kinds: Part.Kind...) -> Bool {
    parts.contains { kinds.contains($0.kind) }
  }

  var hasEpoch: Bool { has(.epochSeconds, .epochMilliseconds, .epochMicroseconds) }
  var hasDate: Bool { hasEpoch || has(.dayOfYear) || has(.day) && has(.month, .monthName) }
  var hasTimeOfDay: Bool { hasEpoch || has(.hour, .hour12) && has(.minute) }
  var hasYear: Bool { hasEpoch || has(.year, .shortYear) }
  var hasZone: Bool { hasEpoch || has(.zone) }

  /// By an offset, a name, or the letter for UTC.
  var tellsZone: Bool {
    hasZone || has(.zoneName)
      || parts.contains { $0.kind == .literal && $0.value == UInt8(ascii: "Z") }
  }
  var hasFraction: Bool { has(.fraction, .epochMilliseconds, .epochMicroseconds) }

  /// Bytes of every text that it writes; `nil` where they differ.
  var byteCount: Int? {
    var count = 0
    for part in parts {
      switch part.kind {
      case .literal: count += 1
      case .year: count += 4
      case .monthName, .dayOfYear: count += 3
      case .shortYear, .month, .day, .hour, .hour12, .half, .minute, .second: count += 2
      case .fraction where part.value > 0: count += Int(part.value)
      case .zone: count += 5
      default: return nil
      }
    }
    return count
  }

  // MARK: - Compiling

  private static func compiled(_ format: String) -> Result<TimePattern, FormatFault> {
    var parts: [Part] = []
    var bytes = Array(format.utf8)[...]
    while let byte = bytes.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        parts.append(Part(.literal, byte))
        continue
      }
      let start = format.utf8.count - bytes.count - 1
      while let flag = bytes.first, flags.contains(flag) { bytes.removeFirst() }
      var digits: UInt8 = 0
      if let digit = bytes.first, digit.isDigit, digit != ASCII.zero {
        digits = digit &- ASCII.zero
        bytes.removeFirst()
      }
      guard let letter = bytes.popFirst(), let known = Self.parts(of: letter, digits) else {
        return .failure(
          FormatFault(
            "the time format has a part that cannot be read back", at: start,
            suggestion: "%Y-%m-%dT%H:%M:%S%z"))
      }
      parts += known
    }
    return .success(TimePattern(parts))
  }

  /// Padding and other locales do not change what is read.
  private static let flags: [UInt8] = Array("_-^#EO:".utf8)

  private static func parts(of letter: UInt8, _ digits: UInt8) -> [Part]? {
    func expanded(_ format: String) -> [Part]? { try? compiled(format).get().parts }
    switch letter {
    case UInt8(ascii: "Y"): return [Part(.year)]
    case UInt8(ascii: "y"): return [Part(.shortYear)]
    case UInt8(ascii: "m"): return [Part(.month)]
    case UInt8(ascii: "b"), UInt8(ascii: "h"): return [Part(.monthName)]
    case UInt8(ascii: "d"), UInt8(ascii: "e"): return [Part(.day)]
    case UInt8(ascii: "j"): return [Part(.dayOfYear)]
    case UInt8(ascii: "H"), UInt8(ascii: "k"): return [Part(.hour)]
    case UInt8(ascii: "I"), UInt8(ascii: "l"): return [Part(.hour12)]
    case UInt8(ascii: "p"), UInt8(ascii: "P"): return [Part(.half)]
    case UInt8(ascii: "M"): return [Part(.minute)]
    case UInt8(ascii: "S"): return [Part(.second)]
    case UInt8(ascii: "f"), UInt8(ascii: "N"): return [Part(.fraction, digits)]
    case UInt8(ascii: "z"): return [Part(.zone)]
    case UInt8(ascii: "Z"): return [Part(.zoneName)]
    case UInt8(ascii: "s"): return [Part(.epochSeconds)]
    case UInt8(ascii: "a"), UInt8(ascii: "A"): return [Part(.word)]
    // The whole name of a month begins with its short one.
    case UInt8(ascii: "B"): return [Part(.monthName), Part(.word)]
    case UInt8(ascii: "F"): return expanded("%Y-%m-%d")
    case UInt8(ascii: "T"): return expanded("%H:%M:%S")
    case UInt8(ascii: "R"): return expanded("%H:%M")
    case UInt8(ascii: "D"): return expanded("%m/%d/%y")
    case UInt8(ascii: "r"): return expanded("%I:%M:%S %p")
    case UInt8(ascii: "c"): return expanded("%a %b %e %H:%M:%S %Y")
    case UInt8(ascii: "n"): return [Part(.literal, ASCII.newline)]
    case UInt8(ascii: "t"): return [Part(.literal, ASCII.tab)]
    case UInt8(ascii: "%"): return [Part(.literal, letter)]
    default: return nil
    }
  }
}
