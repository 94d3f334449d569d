extension TemplateReader {
  /// Reads what all ways to read the line have in common, and drops the rest of it.
  func readContested(
    _ line: Span<UInt8>, from start: Int, into fields: inout RecordFields
  ) throws(MalformedLine) {
    let starts = try ContestedLine(self).starts(in: line, from: start)
    let steps = steps.span
    let literals = literals.span
    var times = TimeParts()
    for index in steps.indices {
      let step = steps[index]
      let begin = starts[index]
      let next = starts[index + 1]
      guard begin.isCertain, next.isCertain else {
        try takeDisputed(step, begin, next, of: line, into: &fields)
        continue
      }
      if step.ending == .captures, begin.first == next.first { continue }
      var place = TextPlace(begin.first, next.first - step.literalCount)
      switch step.ending {
      case .literal, .contested, .rest, .word, .beforeTime, .fromRight, .rawQuote, .plainQuote:
        break
      case .selfQuoted:
        // Its own quotes, which it may lack.
        if place.end > place.start + 1, line[place.start] == ASCII.quote,
          line[place.end - 1] == ASCII.quote
        {
          place = TextPlace(place.start + 1, place.end - 1)
        }
      default:
        place = try self.place(
          of: index, steps, literals, in: line, from: begin.first, &times)
      }
      if step.isWanted {
        try take(
          index, place.start..<place.end, of: line, hasEscapes: escape.marker != nil, into: &fields)
      }
    }
    try finish(line, times, start, into: &fields)
  }

  /// Of a request that begins at a certain place the method is certain, too. There is no record
  /// without its time.
  private func takeDisputed(
    _ step: TemplateStep, _ begin: ContestedLine.Start, _ next: ContestedLine.Start,
    of line: Span<UInt8>, into fields: inout RecordFields
  ) throws(MalformedLine) {
    if step.isWanted { fields.isDisputed = true }
    switch step.use.slot {
    case .time, .timeParts: throw MalformedLine(.literal, at: begin.first)
    case .request:
      guard begin.isCertain else { return }
      try fields.set(
        step.use, begin.first..<next.first - step.literalCount, of: line, isEscaped: false)
      fields.target = .absent
      fields.protocol = .absent
    default: break
    }
  }

  /// Whether behind a dash that was taken for no text another text has room for what the client
  /// may have written behind a dash of its own.
  static func needsProof(_ steps: [TemplateStep]) -> Bool {
    guard let first = steps.firstIndex(where: { $0.ending == .contested }) else { return false }
    return steps[(first + 1)...].contains(where: \.mayHaveLiterals)
  }

  /// Marks the texts that must not have the byte with which every contested text ends, so that no
  /// second pass is needed for the proof. `false` where there are several such bytes.
  static func markDoubts(_ steps: inout [TemplateStep]) -> Bool {
    guard let first = steps.firstIndex(where: { $0.ending == .contested }) else { return true }
    let end = steps[first].firstByte
    guard end != 0, steps.allSatisfy({ $0.ending != .contested || $0.firstByte == end }) else {
      return false
    }
    for index in steps.indices where index > first && steps[index].mayHaveLiterals {
      steps[index].setDoubt(end)
    }
    return true
  }

  /// Whether no text behind a dash that was taken for no text has in it what ends that: the dash
  /// may then be the beginning of a longer text.
  func isProven(_ line: Span<UInt8>, from start: Int) -> Bool {
    let literals = literals.span
    let steps = steps.span
    var times = TimeParts()
    var at = start + leadCount
    var ends: [UInt8] = []
    for index in steps.indices {
      let step = steps[index]
      if step.ending == .captures, at >= line.count || line[at] != UInt8(ascii: "{") { continue }
      guard
        let place = try? place(of: index, steps, literals, in: line, from: at, &times)
      else { return false }
      let text = place.start..<place.end
      if step.mayHaveLiterals, ends.contains(where: { line.firstIndex(of: $0, in: text) != nil }) {
        return false
      }
      if step.ending == .contested { ends.append(step.firstByte) }
      at = min(place.next + step.literalCount, line.count)
    }
    return true
  }
}

extension TemplateStep {
  /// Its text ends in no way of its own, or is a list, which has blanks. Of the gateway's own texts
  /// those count that are read: the rest of what the client wrote may stand before one.
  fileprivate var mayHaveLiterals: Bool {
    switch ending {
    case .list: true
    case .literal, .rest, .word, .beforeTime, .fromRight: reach != .gateway || isWanted
    default: false
    }
  }
}
