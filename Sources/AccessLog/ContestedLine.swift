/// Finds where the texts of a line can end whose template does not tell it: because the writer
/// escapes nothing, as Envoy and nginx with `escape=none`, or because two texts of the client's
/// stand side by side without quotes.
///
/// All ways to read the whole line are followed at once, from the left and then back from the
/// right, so that a place is known in which every way agrees. What the ways have in common is
/// certain and is read; a text whose place they dispute is dropped. A client can thereby blur
/// its own texts, and neither forge a column nor vanish.
struct ContestedLine {
  /// Between which places of the line a text begins; for the last, behind the line's end.
  struct Start: Hashable {
    var first: Int
    var last: Int

    var isCertain: Bool { first == last }
  }

  /// The places that are followed in one line; a line with more is refused.
  static let placeCountMax = 4096

  private let reader: TemplateReader

  init(_ reader: TemplateReader) { self.reader = reader }

  /// Where the text of each step begins, and one place more, behind the literal of the last.
  func starts(in line: Span<UInt8>, from start: Int) throws(MalformedLine) -> [Start] {
    guard line.has(reader.literals.span.extracting(0..<reader.leadCount), at: start) else {
      throw MalformedLine(.literal, at: start)
    }
    if let starts = onlyWay(line, from: start) { return starts }
    return try commonStarts(line, from: start)
  }

  /// Of the ways to read the line what they have in common.
  func commonStarts(
    _ line: Span<UInt8>, from start: Int
  ) throws(MalformedLine) -> [Start] {
    var places = [[start + reader.leadCount]]
    var count = 1
    for index in reader.steps.indices {
      let next = following(index, places[index], line)
      count += next.count
      guard !next.isEmpty, count <= Self.placeCountMax else {
        throw MalformedLine(.literal, at: min(places[index].last ?? 0, line.count))
      }
      places.append(next)
    }
    for index in reader.steps.indices.reversed() {
      places[index] = leading(index, places[index], to: places[index + 1], line)
    }
    return try places.map { ascending throws(MalformedLine) in
      guard let first = ascending.first, let last = ascending.last else {
        throw MalformedLine(.literal, at: start)
      }
      return Start(first: first, last: last)
    }
  }

  // MARK: - The usual line

  /// The only way to read the line, where that is plain because each text that may end at any of
  /// its literals is followed by one of them only: so it is in nearly all lines.
  func onlyWay(_ line: Span<UInt8>, from start: Int) -> [Start]? {
    var at = start + reader.leadCount
    var starts = [Start(first: at, last: at)]
    starts.reserveCapacity(reader.steps.count + 1)
    for index in reader.steps.indices {
      guard let next = onlyEnd(index, at, line) else { return nil }
      at = next
      starts.append(Start(first: at, last: at))
    }
    return at == line.count ? starts : nil
  }

  /// The only place behind the text that begins at `start`, and behind its literal; `nil` where
  /// there is none or may be another.
  private func onlyEnd(_ index: Int, _ start: Int, _ line: Span<UInt8>) -> Int? {
    let step = reader.steps[index]
    guard step.isSwept else {
      if step.ending != .selfQuoted { return end(index, start, line) }
      let found = ends(index, start, line)
      return found.count == 1 ? found[0] : nil
    }
    let end = stop(of: step, line, from: start)
    guard step.literalCount > 0 else {
      return index + 1 == reader.steps.count && end == line.count ? end : nil
    }
    guard let first = literalPlace(step, line, start...end),
      first == end || literalPlace(step, line, first + 1...end) == nil
    else { return nil }
    return first + step.literalCount
  }

  /// The first place that no text goes beyond which begins at `start`.
  private func stop(of step: TemplateStep, _ line: Span<UInt8>, from start: Int) -> Int {
    guard step.reach == .word || !step.isRaw && reader.escape.protects(ASCII.quote) else {
      return line.count
    }
    var at = start
    while at < line.count, !stops(step, line, at) { at += 1 }
    return at
  }

  private func literalPlace(
    _ step: TemplateStep, _ line: Span<UInt8>, _ range: ClosedRange<Int>
  ) -> Int? {
    let literals = reader.literals.span
    var from = range.lowerBound
    let end = min(range.upperBound + 1, line.count)
    while from < end, let place = line.firstIndex(of: step.firstByte, in: from..<end) {
      if step.literalFits(line, at: place, literals) { return place }
      from = place + 1
    }
    return nil
  }

  // MARK: - One step

  /// Where the next text can begin if this one begins at one of `places`; in ascending order.
  private func following(_ index: Int, _ places: [Int], _ line: Span<UInt8>) -> [Int] {
    let step = reader.steps[index]
    let isLast = index + 1 == reader.steps.count
    var found: [Int] = []
    if step.isSwept {
      guard let first = places.first else { return [] }
      var next = 0
      var isOpen = false
      var at = first
      while at + step.literalCount <= line.count {
        if next < places.count, places[next] == at {
          isOpen = true
          next += 1
        }
        if isOpen, !isLast || at + step.literalCount == line.count,
          step.literalFits(line, at: at, reader.literals.span)
        {
          found.append(at + step.literalCount)
          if found.count > Self.placeCountMax { return found }
        }
        if at < line.count, stops(step, line, at) { isOpen = false }
        at += 1
      }
      return found
    }
    for place in places {
      for next in ends(index, place, line) where !isLast || next == line.count {
        found.append(next)
      }
      if found.count > Self.placeCountMax { break }
    }
    found.sort()
    return found.indices.filter { $0 == 0 || found[$0] != found[$0 - 1] }.map { found[$0] }
  }

  /// Those of `places` from which the step ends at one of `ends`.
  private func leading(
    _ index: Int, _ places: [Int], to ends: [Int], _ line: Span<UInt8>
  ) -> [Int] {
    let step = reader.steps[index]
    var kept: [Int] = []
    guard step.isSwept else {
      for place in places {
        if self.ends(index, place, line).contains(where: { Self.has(ends, $0) }) {
          kept.append(place)
        }
      }
      return kept
    }
    var last = ends.count - 1
    var place = places.count - 1
    var isOpen = false
    var at = (ends.last ?? 0) - step.literalCount
    while place >= 0, at >= places[0] {
      if last >= 0, ends[last] - step.literalCount == at {
        isOpen = true
        last -= 1
      }
      while place >= 0, places[place] > at { place -= 1 }
      if place >= 0, places[place] == at {
        if isOpen { kept.append(at) }
        place -= 1
      }
      at -= 1
      if at >= 0, stops(step, line, at) { isOpen = false }
    }
    return kept.reversed()
  }

  /// Where a text that begins at `start` can end, and the literal behind it.
  private func ends(_ index: Int, _ start: Int, _ line: Span<UInt8>) -> [Int] {
    let step = reader.steps[index]
    var found: [Int] = []
    if let next = end(index, start, line) { found.append(next) }
    guard step.ending == .selfQuoted, start < line.count, line[start] == ASCII.quote else {
      return found
    }
    if reader.escape == .backslashQuote { return openQuotes(step, start, line) }
    // What IIS logs is not quoted, and may begin with a quote of the client's.
    if reader.escape == .doubledQuote {
      let place =
        step.literalCount == 0
        ? line.count : try? reader.firstPlace(of: index, reader.literals.span, line, start)
      if let place { found.append(place + step.literalCount) }
    }
    return found
  }

  /// A backslash before a quote may be the writer's or the last byte of the client's text: the
  /// text ends at one of these quotes, or at the first without a backslash.
  private func openQuotes(_ step: TemplateStep, _ start: Int, _ line: Span<UInt8>) -> [Int] {
    var found: [Int] = []
    var from = start + 1
    while from < line.count, let quote = line.firstIndex(of: ASCII.quote, from: from) {
      if step.literalFits(line, at: quote + 1, reader.literals.span) {
        found.append(quote + 1 + step.literalCount)
      }
      if line[quote - 1] != ASCII.backslash { break }
      from = quote + 1
    }
    return found
  }

  /// Where the one text ends that begins at `start`, and the literal behind it.
  private func end(_ index: Int, _ start: Int, _ line: Span<UInt8>) -> Int? {
    let step = reader.steps[index]
    let literals = reader.literals.span
    if step.ending == .captures, start >= line.count || line[start] != UInt8(ascii: "{") {
      return start
    }
    var times = TimeParts()
    guard
      let place = try? reader.place(
        of: index, reader.steps.span, literals, in: line, from: start, &times),
      place.next <= line.count, step.literalFits(line, at: place.next, literals)
    else { return nil }
    // What needs no quotes of its own has none in it.
    if step.ending == .selfQuoted, reader.escape != .doubledQuote, place.start == start,
      place.end > start,
      line.firstIndex(of: ASCII.quote, in: start..<place.end) != nil
    {
      return nil
    }
    if step.reach == .gateway, place.end > start, !step.hasOwnEnd {
      // The gateway's own words have no quotes; numbers, addresses and those at the end of a line
      // no blanks.
      let isWord =
        step.literalCount == 0 || step.use.slot.isNumber || step.isAddress
        || step.use.slot == .ident
      let stop = isWord ? ASCII.space : ASCII.quote
      if line.firstIndex(of: stop, in: start..<place.end) != nil { return nil }
      if !Self.mayBe(step.use, line, start..<place.end) { return nil }
    }
    return place.next + step.literalCount
  }

  /// Whether a text has the shape of what the gateway writes there: a status is three digits and
  /// a number has no comma, so that a client's text cannot be taken for either.
  private static func mayBe(_ use: FieldUse, _ line: Span<UInt8>, _ range: Range<Int>) -> Bool {
    switch use.slot {
    case .status where line[range.lowerBound] != ASCII.dash:
      return range.count <= 3 && range.allSatisfy { line[$0].isDigit }
    case .bytesOut, .bytesIn, .latency, .upstreamLatency, .latencyPart, .upstreamPart:
      return use.unit == .goDuration
        || range.allSatisfy {
          line[$0].isDigit || line[$0] == ASCII.dot || line[$0] == ASCII.dash
        }
    // An address there is the rest of a list that the client's proxies wrote before it.
    case .ident:
      return line[range.lowerBound] == ASCII.dash || !AddressText.isList(line.extracting(range))
    default: return true
    }
  }

  /// Whether no text of the step has the byte at `offset`.
  private func stops(_ step: TemplateStep, _ line: Span<UInt8>, _ offset: Int) -> Bool {
    let byte = line[offset]
    if step.reach == .word, byte == ASCII.space || byte == ASCII.tab { return true }
    guard byte == ASCII.quote, !step.isRaw, reader.escape.protects(byte) else { return false }
    return offset == 0 || line[offset - 1] != ASCII.backslash
  }

  private static func has(_ ascending: [Int], _ value: Int) -> Bool {
    let index = ascending.indices.partitionPoint { ascending[$0] >= value }
    return index < ascending.count && ascending[index] == value
  }
}

extension TemplateStep {
  /// Its text may end wherever its literal stands.
  fileprivate var isSwept: Bool {
    guard reach != .gateway else { return false }
    switch ending {
    case .literal, .contested, .rest, .word, .beforeTime, .fromRight, .rawQuote, .plainQuote:
      return true
    default: return false
    }
  }

  /// The end is told by the text itself.
  fileprivate var hasOwnEnd: Bool {
    switch ending {
    case .literal, .word, .rest, .plainQuote: false
    default: true
    }
  }
}
