/// Makes routes of paths: segments that name one thing among many become `{id}`, so that a
/// million orders are one route.
public struct RouteTemplates: Sendable {
  /// Segments beyond these become one `{rest}`.
  public static let segmentCountMax = 24
  /// Bytes of a normalised path; what would go beyond becomes `{rest}`.
  public static let pathBytesMax = 256
  /// No literal of a route is longer than this.
  public static let segmentBytesMax = 64

  private static let id = Array("{id}".utf8)
  private static let fragmentMark = UInt8(ascii: "#")

  /// As the registry has them.
  public let templates: [String]

  private let patterns: [RoutePattern]
  /// Literal segments of the templates that would pass for an id: `2024-06-01`, `oauth2`.
  private let protected: [[UInt8]]

  public init(_ templates: [String] = []) {
    self.templates = templates
    patterns = templates.map(RoutePattern.init)
    protected = Self.protectedSegments(patterns)
  }

  /// The first template that a normalised path fits, by its index.
  package func template(for path: Span<UInt8>) -> Int? {
    patterns.indices.first { patterns[$0].matches(path) }
  }

  /// Where the first segment of the path at `range` begins that a route would not have, counted
  /// from the start of the path; `nil` where the path is its own route, which most are.
  @inline(__always)
  func firstReplaced(_ text: Span<UInt8>, _ range: Range<Int>) -> Int? {
    guard range.count <= Self.pathBytesMax else { return 0 }
    var segmentCount = 0
    var start = range.lowerBound
    while true {
      let end = text.firstNear(ASCII.slash, in: start..<range.upperBound) ?? range.upperBound
      if mayBeReplaced(text, start..<end) {
        let segment = text.extracting(start..<end)
        if replaces(segment) || segment.firstIndex(of: Self.fragmentMark, from: 0) != nil {
          return start - range.lowerBound
        }
      }
      if end == range.upperBound { return segmentCount > Self.segmentCountMax ? 0 : nil }
      start = end + 1
      segmentCount += 1
    }
  }

  /// Whether a segment is worth a second look: it is long, or has a digit or a mark, and is not
  /// `v1` or its like.
  @inline(__always)
  private func mayBeReplaced(_ text: Span<UInt8>, _ range: Range<Int>) -> Bool {
    if range.count >= IDShape.tokenBytesMin { return true }
    guard range.lowerBound + 16 <= text.count else { return !range.isEmpty }
    let first = ByteWord(text.word(at: range.lowerBound)).first(range.count)
    if range.count < IDShape.shortestBytes, UInt8(truncatingIfNeeded: first.bits).isLetter {
      return Self.hasMark(first)
    }
    if first.mayHaveDigit || Self.hasMark(first) { return true }
    guard range.count > 8 else { return false }
    let second = ByteWord(text.word(at: range.lowerBound + 8)).first(range.count - 8)
    return second.mayHaveDigit || Self.hasMark(second)
  }

  @inline(__always)
  private static func hasMark(_ word: ByteWord) -> Bool {
    word.contains(IDShape.parameterMark) || word.contains(fragmentMark)
  }

  /// Appends the route of `path` to `output`.
  package func normalise(_ path: Span<UInt8>, into output: inout [UInt8]) {
    normalise(path, from: 0, into: &output)
  }

  /// Appends the route of `path`, of which all segments before `start` stay as they are. A
  /// fragment, which no browser sends, is no part of it.
  func normalise(_ path: Span<UInt8>, from start: Int, into output: inout [UInt8]) {
    let whole = path.firstIndex(of: Self.fragmentMark, from: 0) ?? path.count
    let path = path.extracting(0..<whole)
    let first = output.count
    var segmentCount = 0
    for index in 0..<start where path[index] == ASCII.slash { segmentCount += 1 }
    output.append(contentsOf: path.extracting(0..<start))
    var start = start
    while true {
      let end = path.firstIndex(of: ASCII.slash, from: start) ?? path.count
      let room = Self.pathBytesMax - (output.count - first)
      if segmentCount > Self.segmentCountMax || min(end - start, Self.segmentBytesMax) + 8 > room {
        output.append(contentsOf: "{rest}".utf8)
        return
      }
      appendSegment(path.extracting(start..<end), to: &output)
      if end == path.count { return }
      output.append(ASCII.slash)
      start = end + 1
      segmentCount += 1
    }
  }

  private func appendSegment(_ segment: Span<UInt8>, to output: inout [UInt8]) {
    let count = segment.firstIndex(of: IDShape.parameterMark, from: 0) ?? segment.count
    let name = segment.extracting(0..<count)
    guard replaces(name) else {
      output.append(contentsOf: name)
      return
    }
    output.append(contentsOf: Self.id.span)
    output.append(contentsOf: name.extracting(IDShape.stemCount(name)..<name.count))
  }

  private func replaces(_ segment: Span<UInt8>) -> Bool {
    if segment.firstIndex(of: IDShape.parameterMark, from: 0) != nil { return true }
    guard segment.count > Self.segmentBytesMax || IDShape.isID(segment) else { return false }
    return !protected.contains { $0.span.isEqual(to: segment) }
  }

  private static func protectedSegments(_ patterns: [RoutePattern]) -> [[UInt8]] {
    var found: [[UInt8]] = []
    for pattern in patterns {
      for literal in pattern.literals where IDShape.isID(literal.span) && !found.contains(literal) {
        found.append(literal)
      }
    }
    return found
  }
}
