/// Finds where the texts of a line end whose writer escapes nothing: Envoy, and nginx with
/// `escape=none`.
///
/// The client can write quotes, and with them all that a line may have. The line is read from
/// both sides: from the left every text ends as early as it can, from the right as late as it
/// can. Where both agree there is one way to read the line. Where they do not, it is refused and
/// counted: it is no record, rather than a wrong one.
struct RawLine {
  /// One for each of the `Template.variableCountMax` variables that a template may have.
  typealias Ends = [128 of Int32]

  private let reader: TemplateReader

  init(_ reader: TemplateReader) { self.reader = reader }

  func ends(in line: Span<UInt8>, from start: Int) throws(MalformedLine) -> Ends {
    let steps = reader.steps.span
    let literals = reader.literals.span
    guard line.has(literals.extracting(0..<reader.leadCount), at: start) else {
      throw MalformedLine(.literal, at: start)
    }
    let first = start + reader.leadCount
    var ends = Ends(repeating: -1)
    var at = first
    for index in steps.indices {
      let next = index + 1 < steps.count ? steps[index + 1] : nil
      let end = try end(of: steps[index], next, literals, line, at)
      ends[index] = Int32(end)
      at = end + steps[index].literalCount
    }
    guard at == line.count else { throw MalformedLine(.literal, at: min(at, line.count)) }
    try compare(ends, steps, literals, line, first)
    return ends
  }

  /// A text without the quotes of its own.
  static func text(
    of step: TemplateStep, _ range: Range<Int>, _ line: Span<UInt8>
  ) -> Range<Int> {
    guard step.ending == .selfQuoted, range.count > 1, line[range.lowerBound] == ASCII.quote else {
      return range
    }
    return range.lowerBound + 1..<range.upperBound - 1
  }

  /// The earliest end of a text that begins at `start`.
  private func end(
    of step: TemplateStep, _ next: TemplateStep?, _ literals: Span<UInt8>,
    _ line: Span<UInt8>, _ start: Int
  ) throws(MalformedLine) -> Int {
    guard start <= line.count else { throw MalformedLine(.missingField, at: line.count) }
    let end: Int
    switch step.ending {
    // What these hold is a block; lines of a writer that has them and raw texts are refused.
    case .captures: throw MalformedLine(.literal, at: start)
    case .selfQuoted where line.has("\"", at: start, end: line.count):
      guard let quote = line.firstIndex(of: ASCII.quote, from: start + 1) else {
        throw MalformedLine(.missingField, at: line.count)
      }
      end = quote + 1
    case .fixed: end = start + (line.has("-", at: start, end: line.count) ? 1 : step.count)
    case .integer:
      end = TemplateReader.endOfInteger(line, start)
      if end == start { throw MalformedLine(.notANumber, at: start) }
    case .time:
      var times = TimeParts()
      let parts = reader.timeParts.span.extracting(step.partRange)
      guard let found = times.read(parts, line, from: start) else {
        throw MalformedLine(.badTime, at: start)
      }
      end = found
    default:
      // The last text goes on to the end, whatever is in it.
      guard let next else { return try lastEnd(step, literals, line, start) }
      return try firstPlace(step, next, literals, line, start)
    }
    guard step.literalFits(line, at: end, literals) else {
      throw MalformedLine(.literal, at: min(end, line.count))
    }
    return end
  }

  private func lastEnd(
    _ step: TemplateStep, _ literals: Span<UInt8>, _ line: Span<UInt8>, _ start: Int
  ) throws(MalformedLine) -> Int {
    let end = line.count - step.literalCount
    guard end >= start, step.literalFits(line, at: end, literals) else {
      throw MalformedLine(.missingField, at: line.count)
    }
    return end
  }

  private func firstPlace(
    _ step: TemplateStep, _ next: TemplateStep, _ literals: Span<UInt8>, _ line: Span<UInt8>,
    _ start: Int
  ) throws(MalformedLine) -> Int {
    var from = start
    while from < line.count, let place = line.firstIndex(of: step.firstByte, from: from) {
      if step.literalFits(line, at: place, literals),
        TemplateReader.isFollowed(by: next, at: place + step.literalCount, line, literals)
      {
        return place
      }
      from = place + 1
    }
    throw MalformedLine(.missingField, at: line.count)
  }

  /// Reads from the right and compares.
  private func compare(
    _ ends: Ends, _ steps: Span<TemplateStep>, _ literals: Span<UInt8>, _ line: Span<UInt8>,
    _ first: Int
  ) throws(MalformedLine) {
    var end = line.count - (steps.count > 0 ? steps[steps.count - 1].literalCount : 0)
    var index = steps.count - 1
    while index > 0 {
      guard Int(ends[index]) == end, end >= first else {
        throw MalformedLine(.literal, at: Int(ends[index]))
      }
      let before = steps[index - 1]
      let begin = start(of: steps[index], before, index, steps, literals, line, first..<end)
      guard let begin else { throw MalformedLine(.literal, at: end) }
      end = begin - before.literalCount
      index -= 1
    }
    guard steps.count == 0 || Int(ends[0]) == end else {
      throw MalformedLine(.literal, at: Int(ends[0]))
    }
  }

  /// The latest start of a text that ends with `range`.
  private func start(
    of step: TemplateStep, _ before: TemplateStep, _ index: Int, _ steps: Span<TemplateStep>,
    _ literals: Span<UInt8>, _ line: Span<UInt8>, _ range: Range<Int>
  ) -> Int? {
    var limit = range.upperBound
    while limit >= range.lowerBound {
      guard
        let begin = reader.startFromRight(
          step, before, literals, line, range.lowerBound..<limit)
      else { return nil }
      let end = begin - before.literalCount
      // What stands at the front of a line has no room before it.
      guard end >= range.lowerBound else { return nil }
      // A number must end where its literal begins.
      if before.ending != .integer || end > range.lowerBound && isNumberEnd(line[end - 1]) {
        return before.literalFits(line, at: end, literals) ? begin : nil
      }
      switch step.ending {
      case .fixed, .integer, .time: return nil
      default: limit = begin - 1
      }
    }
    return nil
  }

  private func isNumberEnd(_ byte: UInt8) -> Bool { byte.isDigit || byte == ASCII.dash }
}
