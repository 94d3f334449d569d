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
      default:
        place = try self.place(
          of: step, index, steps, literals, in: line, from: begin.first, &times)
      }
      if step.isWanted {
        try take(
          step, place.start..<place.end, of: line, hasEscapes: escape.marker != nil, into: &fields)
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
}
