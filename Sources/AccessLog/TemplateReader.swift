/// Reads lines by a compiled template in one pass from left to right: where a variable ends
/// follows from its shape and from the literal text behind it, never from trying again.
struct TemplateReader: LineReader {
  private(set) var steps: [TemplateStep]
  let literals: [UInt8]
  let leadCount: Int
  let escape: TextEscape
  let stampMoment: StampMoment
  let lacksZone: Bool
  private let queryIdentities: [VariablePlan.QueryIdentity]
  let requiredCount: Int
  private let trailing: Template.Trailing
  private let refusesTrailingText: Bool
  private let hasTimeParts: Bool
  /// The template alone does not tell where all texts of the client's end.
  let isContested: Bool
  /// There may be lines of which it does not tell that.
  private let hasOpenPlaces: Bool
  /// The client writes the beginning of the line, and may write there what syslog does.
  let beginsWithClient: Bool
  /// Of a line that was read in one pass it must be shown that there is no other way to read it,
  /// and no single byte shows it.
  private let needsProof: Bool
  /// Texts of the client's may have quotes as it sent them, which are told by their number.
  private let writesQuotes: Bool
  /// Some may, so that quotes behind all columns mean that the columns are not where they seem.
  private let endsBeforeQuotes: Bool
  /// Quotes of the template's own, which tell whether a client wrote any where nothing is
  /// escaped.
  private let quoteCount: Int
  private let hasMarker: Bool
  private let marker: UInt8
  private let zone: LocalZone
  private let referenceDay: Int?
  /// Of all time patterns, one behind the other.
  let timeParts: [TimePattern.Part]
  /// Of all capture blocks, one behind the other.
  private let captures: [Capture]

  /// One place of `{one|two}`.
  struct Capture {
    var use: FieldUse
    var identity: FieldSlot
    var hiding: Hiding
  }

  init(
    _ template: Template, _ plan: VariablePlan, _ description: FormatDescription
  ) throws(FormatFault) {
    var template = template
    template.openPhrases()
    escape = template.escape
    hasMarker = template.escape.marker != nil
    marker = template.escape.marker ?? 0
    stampMoment = plan.moment
    lacksZone = template.lacksZone
    queryIdentities = plan.queryIdentities
    requiredCount = template.requiredCount
    trailing = template.trailing
    refusesTrailingText =
      template.escape == .none && template.variables.last?.shape == .client
    hasTimeParts = plan.uses.contains { $0.slot == .timeParts }
    zone = description.zone
    referenceDay = description.referenceDay
    leadCount = template.literals[0].count
    var literals = template.literals[0]
    var steps: [TemplateStep] = []
    var parts: [TimePattern.Part] = []
    var captures: [Capture] = []
    var hiding = Hiding.shown
    for index in template.variables.indices {
      // Of variables that are read as one text the most secret counts.
      if plan.hiding(index).rawValue > hiding.rawValue { hiding = plan.hiding(index) }
      if try Self.isJoined(template, plan, index) { continue }
      var range = parts.count..<parts.count
      if let pattern = template.variables[index].pattern {
        parts += pattern.parts
        range = range.lowerBound..<parts.count
      } else {
        let start = captures.count
        captures += (plan.captureStarts[index]..<plan.captureStarts[index + 1]).map {
          Capture(
            use: plan.uses[$0], identity: plan.identitySlots[$0], hiding: plan.hiding($0))
        }
        range = start..<captures.count
      }
      steps.append(
        TemplateStep(
          index, of: template, plan, literalStart: literals.count, parts: range, hiding: hiding))
      hiding = .shown
      literals += template.literals[index + 1]
    }
    needsProof = Self.needsProof(steps) && !Self.markDoubts(&steps)
    self.steps = steps
    isContested = steps.contains { $0.ending == .contested }
    hasOpenPlaces =
      isContested || template.escape == .backslashQuote || template.escape == .doubledQuote
      || steps.contains { $0.ending == .beforeTime && !$0.isAnchored }
    beginsWithClient = leadCount == 0 && steps.first.map { $0.reach == .text } == true
    let hasRawText = steps.contains { $0.ending == .rawQuote }
    writesQuotes = template.escape == .none || template.escape == .hash && hasRawText
    endsBeforeQuotes = writesQuotes || hasRawText
    quoteCount =
      literals.count { $0 == ASCII.quote } + 2 * steps.count { $0.ending == .selfQuoted }
    self.literals = literals
    timeParts = parts
    self.captures = captures
  }

  func read(_ line: Span<UInt8>, into fields: inout RecordFields) throws(MalformedLine) {
    do throws(MalformedLine) {
      if writesQuotes, hasQuotesOfClient(line) { throw MalformedLine(.literal, at: 0) }
      try read(line, from: 0, into: &fields)
    } catch {
      try readOtherwise(line, error, into: &fields)
    }
  }

  func reading(only columns: RecordColumns) -> any LineReader { limited(to: columns) }

  /// A reader that leaves out what is for other columns.
  func limited(to columns: RecordColumns) -> TemplateReader {
    var reader = self
    for index in reader.steps.indices { reader.steps[index].limit(to: columns) }
    return reader
  }

  func unescape(_ text: Span<UInt8>, into output: inout [UInt8]) {
    escape.decode(text, into: &output)
  }

  /// A line that is cut at the front by no one, but has what syslog or a container runtime puts
  /// there; or one of a writer that escapes nothing, in which a client wrote quotes.
  @inline(never)
  private func readOtherwise(
    _ line: Span<UInt8>, _ fault: MalformedLine, into fields: inout RecordFields
  ) throws(MalformedLine) {
    if !beginsWithClient, let start = LinePrefix.end(in: line) {
      do throws(MalformedLine) {
        fields.reset()
        if writesQuotes, hasQuotesOfClient(line) { throw fault }
        return try read(line, from: start, into: &fields)
      } catch {
        guard isAmbiguous else { throw fault }
        fields.reset()
        // What looks like a collector's stamp may be the format's own.
        if (try? readContested(line, from: start, into: &fields)) != nil { return }
      }
    }
    guard isAmbiguous else { throw fault }
    fields.reset()
    do throws(MalformedLine) {
      try readContested(line, from: 0, into: &fields)
    } catch {
      throw writesQuotes || isContested ? error : fault
    }
  }

  /// Whether a client can write what looks like the end of its text.
  var isAmbiguous: Bool { writesQuotes || hasOpenPlaces }

  /// Whether the line has more quotes than the template.
  private func hasQuotesOfClient(_ line: Span<UInt8>) -> Bool {
    var count = 0
    for offset in line.indices where line[offset] == ASCII.quote { count += 1 }
    return count > quoteCount
  }

  @inline(never)
  func read(
    _ line: Span<UInt8>, from start: Int, into fields: inout RecordFields
  ) throws(MalformedLine) {
    let literals = literals.span
    let steps = steps.span
    guard line.has(literals.extracting(0..<leadCount), at: start) else {
      throw MalformedLine(.literal, at: start)
    }
    let hasEscapes = hasMarker && line.firstIndex(of: marker, from: start) != nil
    var times = TimeParts()
    var at = start + leadCount
    for index in steps.indices {
      let ending = steps[index].ending
      if ending == .captures, at >= line.count || line[at] != UInt8(ascii: "{") { continue }
      let place: TextPlace
      switch ending {
      case .fixed: place = Self.fixedPlace(steps[index].count, line, at)
      case .integer: place = try Self.integerPlace(line, at)
      case .quote: place = TextPlace(at, try Self.closingQuote(line, at))
      case .literal: place = TextPlace(at, try firstPlace(of: index, literals, line, at))
      default: place = try rarePlace(of: index, steps, literals, in: line, from: at, &times)
      }
      let isEnd = !steps[index].literalFits(line, at: place.next, literals)
      if isEnd, index + 1 < requiredCount || !steps[index].isCut(line, at: place.next, literals) {
        throw MalformedLine(place.next >= line.count ? .missingField : .literal, at: place.next)
      }
      let doubt = steps[index].doubt
      if doubt != 0, line.firstIndex(of: doubt, in: place.start..<place.end) != nil {
        throw MalformedLine(.literal, at: start)
      }
      switch steps[index].demand {
      case .nothing: break
      case .check where DecimalNumber.isPlain(line, place.start..<place.end): break
      default:
        try take(index, place.start..<place.end, of: line, hasEscapes: hasEscapes, into: &fields)
      }
      at = place.next + steps[index].literalCount
      if isEnd {
        at = line.count
        break
      }
    }
    if needsProof, !isProven(line, from: start) { throw MalformedLine(.literal, at: start) }
    if hasTimeParts { try setTime(times, start, &fields) }
    try finish(line, at, into: &fields)
  }

  /// Ends a line that was read to its end.
  func finish(
    _ line: Span<UInt8>, _ times: TimeParts, _ start: Int, into fields: inout RecordFields
  ) throws(MalformedLine) {
    if hasTimeParts { try setTime(times, start, &fields) }
    try finish(line, line.count, into: &fields)
  }

  @inline(__always)
  private func finish(
    _ line: Span<UInt8>, _ at: Int, into fields: inout RecordFields
  ) throws(MalformedLine) {
    if at < line.count {
      guard mayEnd(line, at) else { throw MalformedLine(.literal, at: at) }
      fields.hasTrailingText = trailing != .knownText
    }
    if fields.latencyMicroseconds < -1 { fields.latencyMicroseconds = -1 }
    if !fields.spareAddress.isAbsent { fields.settleAddress(of: line) }
    if fields.isWallClock { fields.placeTime(in: zone) }
    if !queryIdentities.isEmpty { takeQueryIdentities(line, into: &fields) }
  }

  private func mayEnd(_ line: Span<UInt8>, _ at: Int) -> Bool {
    guard !refusesTrailingText, !isContested, Self.isSeparator(line[at]),
      !endsBeforeQuotes || line.firstIndex(of: ASCII.quote, from: at) == nil
    else { return false }
    if trailing == .text || trailing == .knownText { return true }
    var end = at
    while end < line.count, line[end] == ASCII.space || line[end] == ASCII.tab { end += 1 }
    return (end == line.count) == (trailing == .blanks)
  }

  private func setTime(
    _ times: TimeParts, _ start: Int, _ fields: inout RecordFields
  ) throws(MalformedLine) {
    guard let time = times.time(zone: zone, referenceDay: referenceDay) else {
      throw MalformedLine(.badTime, at: start)
    }
    fields.time = time
  }

  /// Fills the fields that want the text of a step.
  @inline(__always)
  func take(
    _ index: Int, _ range: Range<Int>, of line: Span<UInt8>, hasEscapes: Bool,
    into fields: inout RecordFields
  ) throws(MalformedLine) {
    let steps = steps.span
    let use = steps[index].use
    let isEscaped = hasEscapes && !steps[index].isRaw && self.isEscaped(line, range)
    if steps[index].ending == .captures {
      try takeCaptures(steps[index], range, of: line, isEscaped: isEscaped, into: &fields)
    } else if use.slot != .timeParts {
      try fields.set(use, range, of: line, isEscaped: isEscaped)
    }
    if steps[index].identity != .ignored {
      fields.setIdentity(steps[index].identity, use, range, of: line, isEscaped: isEscaped)
    }
  }

  @inline(__always)
  private func isEscaped(_ line: Span<UInt8>, _ range: Range<Int>) -> Bool {
    line.firstIndex(of: marker, in: range) != nil
  }

  /// Whether the variable and the next one can be read as one text, because nothing stands
  /// between them and nobody wants either.
  private static func isJoined(
    _ template: Template, _ plan: VariablePlan, _ index: Int
  ) throws(FormatFault) -> Bool {
    guard template.literals[index + 1].isEmpty, index + 1 < template.variables.count else {
      return false
    }
    let next = template.variables[index + 1]
    switch template.variables[index].shape {
    // The end of these is told by themselves, unless digits follow on digits.
    case .fixed, .captures: return false
    case .time where template.variables[index].pattern?.endsOpen != true: return false
    case .integer where next.shape == .captures: return false
    default: break
    }
    if !plan.isWanted(index), !plan.isWanted(index + 1) { return true }
    let name = template.variables[index].name
    throw FormatFault(
      "nothing stands between \(name) and \(next.name), so that no one can tell where the "
        + "first ends", at: next.offset, suggestion: "\(name) \(next.name)")
  }
}

// MARK: - Captures and identities

extension TemplateReader {
  /// The places of `{one|two}`, without the braces.
  private func takeCaptures(
    _ step: TemplateStep, _ range: Range<Int>, of line: Span<UInt8>, isEscaped: Bool,
    into fields: inout RecordFields
  ) throws(MalformedLine) {
    let captures = captures.span
    var start = range.lowerBound
    for index in step.partRange {
      guard start <= range.upperBound else { return }
      let bar = line.firstIndex(of: UInt8(ascii: "|"), in: start..<range.upperBound)
      let text = start..<(bar ?? range.upperBound)
      let capture = captures[index]
      try fields.set(capture.use, text, of: line, isEscaped: isEscaped)
      if capture.identity != .ignored {
        fields.setIdentity(capture.identity, capture.use, text, of: line, isEscaped: isEscaped)
      }
      start = text.upperBound + 1
    }
  }

  /// What of a block of captures is not shown.
  func hiddenCaptures(
    _ step: TemplateStep, _ range: Range<Int>, of line: Span<UInt8>
  ) -> [HiddenPlace] {
    var places: [HiddenPlace] = []
    var start = range.lowerBound
    for index in step.partRange {
      guard start <= range.upperBound else { break }
      let bar = line.firstIndex(of: UInt8(ascii: "|"), in: start..<range.upperBound)
      let text = start..<(bar ?? range.upperBound)
      if let place = captures[index].hiding.place(text, of: line) { places.append(place) }
      start = text.upperBound + 1
    }
    return places
  }

  /// Sets the identities that are parameters of the request's query.
  private func takeQueryIdentities(_ line: Span<UInt8>, into fields: inout RecordFields) {
    for identity in queryIdentities {
      fields.setIdentity(identity.slot, fromQueryParameter: identity.name.span, line)
    }
  }
}

extension TemplateStep {
  /// In the reader's time parts or captures.
  var partRange: Range<Int> { Int(parts.lowerBound)..<Int(parts.upperBound) }
}
