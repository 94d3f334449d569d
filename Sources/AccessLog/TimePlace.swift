/// Finds the end of unquoted text of the client's choice by the time stamp that follows it.
///
/// A user may be called `al ice] \x22x\x22 [01/Jan/2000:00:00:00 +0000] x`; what the client
/// cannot write is the quote behind the real time stamp, where the writer escapes it. Where no
/// such quote stands there, a place counts only if the line has no other.
struct TimePlace {
  /// Bytes of the time.
  let count: Int
  /// Behind the time stands a quote, which the writer escapes in the client's texts, so that the
  /// first one is its own.
  let isAnchored: Bool

  /// - Parameters:
  ///   - before: the literal between the text and the time: ` [`.
  ///   - after: the literal behind the time: `] "`.
  @inline(__always)
  func endOfText(
    _ line: Span<UInt8>, from start: Int, before: Span<UInt8>, after: Span<UInt8>
  ) throws(MalformedLine) -> Int {
    // Nearly always there is no user.
    if isAnchored, start < line.count, line[start] == ASCII.dash,
      fits(line, start + 1, before, after)
    {
      return start + 1
    }
    return try search(line, from: start, before: before, after: after)
  }

  @inline(__always)
  private func fits(
    _ line: Span<UInt8>, _ place: Int, _ before: Span<UInt8>, _ after: Span<UInt8>
  ) -> Bool {
    line.has(before, at: place) && line.has(after, at: place + before.count + count)
  }

  /// The last place before the first quote of the line that fits; without an anchor the only one.
  private func search(
    _ line: Span<UInt8>, from start: Int, before: Span<UInt8>, after: Span<UInt8>
  ) throws(MalformedLine) -> Int {
    var end = line.count
    if isAnchored, let quote = after.firstIndex(of: ASCII.quote, from: 0), start <= line.count,
      let first = try? TemplateReader.closingQuote(line, start)
    {
      end = min(end, first - quote + after.count)
    }
    var place = end - after.count - count - before.count
    var found: Int?
    while place >= start {
      if fits(line, place, before, after) {
        if isAnchored { return place }
        if found != nil { throw MalformedLine(.literal, at: place) }
        found = place
      }
      place -= 1
    }
    guard let found else { throw MalformedLine(.missingField, at: start) }
    return found
  }
}
