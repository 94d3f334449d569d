/// Finds the end of a quoted text that the writer did not escape (`escape=none`).
///
/// The client can write quotes, and with them all that a line may have. A line that can be read
/// in two ways is refused and counted: it is no record, rather than a wrong one.
struct RawQuotes {
  /// In the reader's literals.
  let literal: Range<Int>
  /// How many steps from this one on end with the same literal.
  let sameLiteralCount: Int

  /// - Parameter next: the step behind this one.
  func endOfText(
    _ line: Span<UInt8>, from start: Int, next: TemplateStep?, _ literals: Span<UInt8>
  ) throws(MalformedLine) -> Int {
    let literal = literals.extracting(literal)
    guard let next else {
      guard start < line.count, line.has(literal, at: line.count - literal.count),
        line.count - literal.count >= start
      else { throw MalformedLine(.missingField, at: line.count) }
      return line.count - literal.count
    }
    var found: Int?
    var count = 0
    var from = start
    while from < line.count, let place = line.firstIndex(of: literal[0], from: from) {
      from = place + 1
      guard line.has(literal, at: place),
        isFollowed(by: next, at: place + literal.count, line, literals)
      else { continue }
      if found == nil { found = place }
      count += 1
    }
    let expectedCount = next.ending == .integer ? 1 : sameLiteralCount
    guard let found, count == expectedCount else {
      throw MalformedLine(found == nil ? .missingField : .literal, at: found ?? line.count)
    }
    return found
  }

  /// A number behind the quote must be one, and its own literal must follow.
  private func isFollowed(
    by next: TemplateStep, at offset: Int, _ line: Span<UInt8>, _ literals: Span<UInt8>
  ) -> Bool {
    guard next.ending == .integer else { return true }
    let end = TemplateReader.endOfInteger(line, offset)
    return end > offset && next.literalFits(line, at: end, literals)
  }
}
