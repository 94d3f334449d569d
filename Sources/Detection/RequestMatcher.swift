import AccessLog

/// Methods and a path glob: `ANY /v*/**`, `GET,POST /v1/orders/*`.
///
/// `*` stays within a segment, `**` as a whole segment takes any number of them, `{name}` is a
/// whole segment like `*`. It is matched against the path in which ids became `{id}`, so that
/// one decision serves all requests of a route.
public struct RequestMatcher: Hashable, Sendable {
  /// Upper case; empty is any.
  public var methods: [String]
  public var glob: PathGlob

  public init(methods: [String], glob: PathGlob) {
    self.methods = methods
    self.glob = glob
  }

  public static let any = RequestMatcher(methods: [], glob: PathGlob("/**"))
}

/// A pattern for paths; linear time whatever the pattern.
public struct PathGlob: Hashable, Sendable {
  public let text: String

  private let segments: [Segment]

  private enum Segment: Hashable {
    case any  // `*` or `{name}`: one whole segment
    case rest  // `**`: any number of segments, none too
    case pattern([UInt8])  // may have `*` inside
  }

  public init(_ text: String) {
    self.text = text
    let trimmed = text.hasPrefix("/") ? text.dropFirst() : text[...]
    segments = trimmed.split(separator: "/", omittingEmptySubsequences: false).map { part in
      if part == "**" { return .rest }
      if part == "*" || (part.hasPrefix("{") && part.hasSuffix("}")) { return .any }
      return .pattern(Array(part.utf8))
    }
  }

  /// Whether the whole of `path` matches.
  package func matches(_ path: Span<UInt8>) -> Bool {
    let ranges = Self.segmentRanges(of: path)
    return matches(path, ranges)
  }

  /// Greedy matching with one point of return, the classic linear glob: the last `**` alone
  /// can take more, because an earlier one that matched could only have left more to it.
  private func matches(_ path: Span<UInt8>, _ ranges: [Range<Int>]) -> Bool {
    var segment = 0
    var range = 0
    var afterRest: (segment: Int, range: Int)?
    while range < ranges.count {
      if segment < segments.count, segments[segment] == .rest {
        segment += 1
        afterRest = (segment, range)
      } else if segment < segments.count,
        Self.matches(segments[segment], path.extracting(ranges[range]))
      {
        segment += 1
        range += 1
      } else if let mark = afterRest {
        afterRest = (mark.segment, mark.range + 1)
        segment = mark.segment
        range = mark.range + 1
      } else {
        return false
      }
    }
    while segment < segments.count, segments[segment] == .rest { segment += 1 }
    return segment == segments.count
  }

  private static func matches(_ segment: Segment, _ text: Span<UInt8>) -> Bool {
    switch segment {
    case .any: text.count > 0
    case .rest: false
    case .pattern(let pattern): matches(pattern.span, text)
    }
  }

  /// `*` within a segment, by the same greedy walk over bytes.
  private static func matches(_ pattern: Span<UInt8>, _ text: Span<UInt8>) -> Bool {
    let star = UInt8(ascii: "*")
    var at = 0
    var position = 0
    var afterStar: (at: Int, position: Int)?
    while position < text.count {
      if at < pattern.count, pattern[at] == star {
        at += 1
        afterStar = (at, position)
      } else if at < pattern.count, pattern[at] == text[position] {
        at += 1
        position += 1
      } else if let mark = afterStar {
        afterStar = (mark.at, mark.position + 1)
        at = mark.at
        position = mark.position + 1
      } else {
        return false
      }
    }
    while at < pattern.count, pattern[at] == star { at += 1 }
    return at == pattern.count
  }

  private static func segmentRanges(of path: Span<UInt8>) -> [Range<Int>] {
    var ranges: [Range<Int>] = []
    var start = path.count > 0 && path[0] == UInt8(ascii: "/") ? 1 : 0
    while let slash = path.firstIndex(of: UInt8(ascii: "/"), from: start) {
      ranges.append(start..<slash)
      start = slash + 1
    }
    ranges.append(start..<path.count)
    return ranges
  }
}

/// Which requests a rule counts.
public struct RequestFilter: Hashable, Sendable {
  /// One of them must match; empty is any request, also one that is not HTTP.
  public var matchers: [RequestMatcher]
  public var expression: Expression?

  public init(matchers: [RequestMatcher] = [], expression: Expression? = nil) {
    self.matchers = matchers
    self.expression = expression
  }

  /// Those of them that fulfil `condition`, too.
  func narrowed(by condition: Expression) -> RequestFilter {
    RequestFilter(
      matchers: matchers,
      expression: expression.map { Expression($0, and: condition) } ?? condition)
  }
}
