/// A writer's template, taken apart: literal text and variables in turn.
///
/// Each writer brings a parser that makes one of it: nginx reads `$name`, Apache `%{…}i`, Envoy
/// `%REQ(…)%`. Behind it one engine serves them all.
struct Template {
  var escape: TextEscape
  /// One more than there are variables: what stands before each, and after the last.
  private(set) var literals: [[UInt8]] = [[]]
  private(set) var variables: [TemplateVariable] = []
  /// A line may end behind this many variables: writers add fields over the years.
  var requiredCount = Int.max
  /// Runs of spaces are written as one, and none behind a variable that wrote nothing.
  var mergesSpaces = false
  /// What a line may have behind the last variable.
  var trailing = Trailing.text
  /// Where a stamp tells no zone, the writer's documentation does: UTC.
  var stampsAreUTC = false

  enum Trailing: UInt8 {
    /// More text: it is counted.
    case text
    /// More text, as the writer's documentation has it: nothing in it is wanted.
    case knownText
    /// More text, but not blanks alone: they are an empty field that the format does not have.
    case textButBlanks
    /// Nothing but blanks: more columns are another format.
    case blanks
  }

  /// More than any gateway's format; ``TemplateReader`` keeps a place for each.
  static let variableCountMax = 128

  init(escape: TextEscape) { self.escape = escape }

  mutating func append(_ byte: UInt8) {
    if mergesSpaces, byte == ASCII.space {
      let last = literals[literals.count - 1].last
      if last == byte || last == nil && variables.isEmpty { return }
    }
    literals[literals.count - 1].append(byte)
  }

  mutating func append(_ text: some Sequence<UInt8>) {
    for byte in text { append(byte) }
  }

  mutating func append(_ variable: TemplateVariable) throws(FormatFault) {
    guard variables.count < Self.variableCountMax else {
      throw FormatFault(
        "more than \(Self.variableCountMax) variables", at: variable.offset,
        suggestion: "leave out what stands behind the fields that matter; more text is accepted")
    }
    guard !takeDigits(of: variable) else { return }
    variables.append(variable)
    literals.append([])
  }

  /// Takes a fraction right behind the seconds since 1970 as a part of them:
  /// `%{%s}t%{usec_frac}t`.
  private mutating func takeDigits(of fraction: TemplateVariable) -> Bool {
    guard var seconds = variables.last, literals[literals.count - 1].isEmpty,
      let pattern = seconds.pattern, pattern.parts.last?.kind == .epochSeconds,
      let digits = fraction.pattern, digits.parts.first?.kind == .fraction
    else { return false }
    seconds.pattern = pattern.followed(by: digits)
    seconds.name += fraction.name
    seconds.rank = min(seconds.rank, fraction.rank)
    variables[variables.count - 1] = seconds
    return true
  }

  /// Lets a fraction that stands by itself supplement a time that has none: `%trg … %ms`.
  mutating func supplementTimes() {
    let hasFraction = variables.contains {
      guard let pattern = $0.pattern else { return false }
      return pattern.hasFraction && !pattern.hasDate && !pattern.hasTimeOfDay
    }
    guard hasFraction else { return }
    for index in variables.indices
    where variables[index].slot == .time && variables[index].unit == .clf {
      variables[index].unit = .none
      variables[index].shape = .time
      variables[index].pattern = .clf
    }
  }

  /// Takes words with blanks that no quotes enclose for texts whose end their blanks do not tell.
  mutating func openPhrases() {
    for index in variables.indices
    where variables[index].isPhrase && literals[index + 1].first != ASCII.quote {
      variables[index].shape = .client
    }
  }

  /// Whether the time that is read tells no zone.
  var lacksZone: Bool {
    let patterns = variables.compactMap(\.pattern)
    return !stampsAreUTC && !patterns.isEmpty && !patterns.contains(where: \.tellsZone)
  }

  /// What stood before variables that write nothing.
  mutating func dropBlanksAtEnd() {
    while literals[literals.count - 1].last == ASCII.space {
      literals[literals.count - 1].removeLast()
    }
  }

  /// Takes several variables that follow each other for one text of the client's, as
  /// `$uri$is_args$args` are one target.
  mutating func append(joining parts: ArraySlice<TemplateVariable>, as slot: FieldSlot) {
    guard var joined = parts.first else { return }
    if parts.count > 1 {
      joined.name = parts.map(\.name).joined()
      let hasBlanks = slot == .request || parts.contains { $0.shape == .client }
      joined.shape = hasBlanks ? .client : .clientWord
      joined.slot = slot
      joined.unit = .none
      joined.rank = 0
    }
    variables.append(joined)
    literals.append([])
  }
}

/// One variable of a template, with what the writer's documentation says of it.
struct TemplateVariable {
  /// What stands in the place of a variable, as far as its end can be told from it.
  enum Shape: Equatable {
    /// So many bytes, or a dash: `18/Jul/2025:14:14:47 -0400`
    case fixed(Int)
    /// Digits with or without a sign, or a dash.
    case integer
    /// A time as ``TemplateVariable/pattern`` says.
    case time
    /// Text whose bytes the gateway chooses: it never has the literal that follows.
    case trusted
    /// Several of the gateway's own texts, with ", " or " : " between them, as nginx writes what
    /// it tried upstream: `0.002, 0.010 : 0.001`.
    case list
    /// An address or host, whose colons come before that of a port behind it.
    case address
    /// Text of the client's choice that cannot have a blank: a target as it came, a host, a
    /// method. A path that was decoded can.
    case clientWord
    /// Text whose bytes the client chooses.
    case client
    /// `{one|two}`, or nothing at all.
    case captures
  }

  /// As the gateway's configuration spells it: `$status`, `%>s`, `%RESPONSE_CODE%`.
  var name: String
  /// Where it begins in what the user wrote.
  var offset: Int
  var slot = FieldSlot.ignored
  var unit = FieldUnit.none
  var shape = Shape.trusted
  /// Of several variables for one field the one with the lowest rank is read.
  var rank = 0
  var hiding = Hiding.shown
  /// The request header that it shows, in lower case: an identity may name it by that.
  var header: String?
  /// The parameter of the query that it shows; logged as it stood in the URL.
  var parameter: String?
  /// The gateway's own words, with blanks between them: without quotes it ends like a client's.
  var isPhrase = false
  /// It stands in quotes of its own, or without any: `"a b"`, `-`.
  var isSelfQuoted = false
  /// It is logged as it came, though the writer escapes others.
  var isRaw = false
  /// It is logged as it stood in a URL.
  var isPercentEncoded = false
  /// It may have been encoded twice.
  var isEncodedTwice = false
  /// How a time is written.
  var pattern: TimePattern?
  /// What stands in each place of a ``Shape/captures``.
  var captures: [TemplateVariable] = []
  /// Other names by which an identity may call it.
  var aliases: [String] = []
  /// Of a time: what it is the time of.
  var moment: StampMoment?
  /// Its writer has no such variable, as far as is known.
  var isUnknown = false

  init(_ name: String, at offset: Int) {
    self.name = name
    self.offset = offset
  }
}

/// One byte of a template, and where it stands in what the user wrote.
struct TemplateByte {
  var value: UInt8
  var offset: Int
}

/// How a writer keeps the text of a variable from looking like the text around it.
enum TextEscape: UInt8, Sendable {
  /// `\x22`, `\"`, `\t`: nginx, Apache, Varnish.
  case backslash
  /// The escapes of JSON; a missing value is empty, and a dash is what the client sent.
  case json
  /// `#22`: HAProxy.
  case hash
  /// `\"`, and nothing else: Traefik.
  case backslashQuote
  /// `""` in quoted text: IIS Advanced Logging.
  case doubledQuote
  /// `\"`, `\\` and `\]`, as RFC 5424 has it: HAProxy's `+E`.
  case structured
  /// Nothing: Envoy, and nginx with `escape=none`.
  case none

  /// The byte without which a text has no escape; `nil` where there are none.
  var marker: UInt8? {
    switch self {
    case .backslash, .json, .backslashQuote, .structured: ASCII.backslash
    case .hash: UInt8(ascii: "#")
    case .doubledQuote: ASCII.quote
    case .none: nil
    }
  }

  /// Whether the client's text can hold `byte` as it is.
  func protects(_ byte: UInt8) -> Bool {
    switch self {
    case .backslash, .json: byte == ASCII.quote || byte < ASCII.space
    case .hash, .structured: byte == ASCII.quote || byte < ASCII.space
    case .backslashQuote, .doubledQuote, .none: false
    }
  }

  /// Appends to `output` what `text` stands for.
  func decode(_ text: Span<UInt8>, into output: inout [UInt8]) {
    switch self {
    case .backslash, .json: TextEscapes.decode(text, into: &output)
    case .hash: TextEscapes.decodeHash(text, into: &output)
    case .backslashQuote, .structured:
      TextEscapes.decodeQuotes(
        text, after: ASCII.backslash, isStructured: self == .structured, into: &output)
    case .doubledQuote: TextEscapes.decodeQuotes(text, after: ASCII.quote, into: &output)
    case .none: output.append(contentsOf: text)
    }
  }
}

/// Of which moment a line's time stamp is: lines of writers that stamp the beginning of a request
/// come out of order, the later the longer the request took.
public enum StampMoment: UInt8, Sendable {
  case requestStart, requestEnd
}
