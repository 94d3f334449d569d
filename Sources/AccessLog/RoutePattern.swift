/// One template of the registry: literal segments, `*` within a segment, `{name}` for a whole
/// one, `**` for any number of them. Linear time, whatever the pattern.
struct RoutePattern: Sendable {
  private enum Segment: Sendable {
    case one
    case rest
    case glob([UInt8])
  }

  private let segments: [Segment]

  init(_ template: String) {
    let trimmed = template.hasPrefix("/") ? template.dropFirst() : template[...]
    segments = trimmed.split(separator: "/", omittingEmptySubsequences: false).map { part in
      if part == "**" { return .rest }
      if part == "*" || (part.hasPrefix("{") && part.hasSuffix("}")) { return .one }
      return .glob(Array(part.utf8))
    }
  }

  /// Segments without a star.
  var literals: [[UInt8]] {
    segments.compactMap { segment in
      guard case .glob(let text) = segment, !text.contains(Self.star) else { return nil }
      return text
    }
  }

  /// Whether the whole of `path` fits. Greedy with one point of return: the last `**` alone can
  /// take more, because an earlier one that fitted could only have left more to it.
  func matches(_ path: Span<UInt8>) -> Bool {
    var start = path.count > 0 && path[0] == ASCII.slash ? 1 : 0
    var segment = 0
    var mark: (segment: Int, start: Int)?
    while start <= path.count {
      let end = path.firstIndex(of: ASCII.slash, from: start) ?? path.count
      if segment < segments.count, case .rest = segments[segment] {
        segment += 1
        mark = (segment, start)
      } else if segment < segments.count,
        Self.matches(segments[segment], path.extracting(start..<end))
      {
        segment += 1
        start = end + 1
      } else if let back = mark {
        let end = path.firstIndex(of: ASCII.slash, from: back.start) ?? path.count
        mark = (back.segment, end + 1)
        segment = back.segment
        start = end + 1
      } else {
        return false
      }
    }
    while segment < segments.count, case .rest = segments[segment] { segment += 1 }
    return segment == segments.count
  }

  private static func matches(_ segment: Segment, _ text: Span<UInt8>) -> Bool {
    switch segment {
    case .one: text.count > 0
    case .rest: false
    case .glob(let pattern): matches(pattern.span, text)
    }
  }

  private static func matches(_ pattern: Span<UInt8>, _ text: Span<UInt8>) -> Bool {
    var at = 0
    var position = 0
    var mark: (at: Int, position: Int)?
    while position < text.count {
      if at < pattern.count, pattern[at] == star {
        at += 1
        mark = (at, position)
      } else if at < pattern.count, pattern[at] == text[position] {
        at += 1
        position += 1
      } else if let back = mark {
        mark = (back.at, back.position + 1)
        at = back.at
        position = back.position + 1
      } else {
        return false
      }
    }
    while at < pattern.count, pattern[at] == star { at += 1 }
    return at == pattern.count
  }

  private static let star = UInt8(ascii: "*")
}
