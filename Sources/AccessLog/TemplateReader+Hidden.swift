extension TemplateReader {
  func hiddenPlaces(in line: Span<UInt8>) -> [HiddenPlace] {
    let places = hiddenPlaces(in: line, from: 0)
    guard !beginsWithClient, let start = LinePrefix.end(in: line), !fits(line, from: 0) else {
      return places
    }
    return hiddenPlaces(in: line, from: start)
  }

  /// Whether the line is read without a prefix.
  private func fits(_ line: Span<UInt8>, from start: Int) -> Bool {
    var fields = RecordFields()
    return (try? read(line, from: start, into: &fields)) != nil
  }

  private func hiddenPlaces(in line: Span<UInt8>, from start: Int) -> [HiddenPlace] {
    if isAmbiguous, let starts = try? ContestedLine(self).starts(in: line, from: start) {
      return hiddenPlaces(in: line, starts)
    }
    let literals = literals.span
    let steps = steps.span
    var places: [HiddenPlace] = []
    var at = start + leadCount
    var times = TimeParts()
    for index in steps.indices {
      let step = steps[index]
      if step.ending == .captures, at >= line.count || line[at] != UInt8(ascii: "{") { continue }
      guard at <= line.count,
        let place = try? place(of: index, steps, literals, in: line, from: at, &times),
        step.literalFits(line, at: place.next, literals)
          || step.isCut(line, at: place.next, literals)
      else { return places }
      if step.ending == .captures {
        places += hiddenCaptures(step, place.start..<place.end, of: line)
      } else if let hidden = step.hiding.place(place.start..<place.end, of: line) {
        places.append(hidden)
      }
      at = min(place.next + step.literalCount, line.count)
    }
    return places + Self.undescribedPlaces(line, from: at)
  }

  /// Of texts whose place is disputed all is hidden if one of them is.
  private func hiddenPlaces(
    in line: Span<UInt8>, _ starts: [ContestedLine.Start]
  ) -> [HiddenPlace] {
    var places: [HiddenPlace] = []
    for (index, step) in steps.enumerated() {
      let end = starts[index + 1].last - step.literalCount
      guard end > starts[index].first else { continue }
      let range = starts[index].first..<end
      if starts[index].isCertain, starts[index + 1].isCertain {
        if step.ending == .captures {
          let inner = range.lowerBound + 1..<max(range.lowerBound + 1, range.upperBound - 1)
          places += hiddenCaptures(step, inner, of: line)
        } else if let place = step.hiding.place(range, of: line) {
          places.append(place)
        }
      } else if step.hiding != .shown || step.ending == .captures {
        places.append(HiddenPlace(range, .secret))
      }
    }
    return places
  }

  /// The words behind all that the format describes, but for numbers and addresses.
  private static func undescribedPlaces(_ line: Span<UInt8>, from start: Int) -> [HiddenPlace] {
    var places: [HiddenPlace] = []
    var start = start
    while start < line.count {
      var end = start
      while end < line.count, !isSeparator(line[end]), line[end] != ASCII.quote { end += 1 }
      let word = line.extracting(start..<end)
      let isNumber = word.count < IDShape.tokenBytesMin && DecimalNumber.scaled(word, by: 0) != nil
      if end > start, !isNumber, !AddressText.isList(word) {
        places.append(HiddenPlace(start..<end, .undescribed))
      }
      start = end + 1
    }
    return places
  }
}
