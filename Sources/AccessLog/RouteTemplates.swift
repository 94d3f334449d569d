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

  /// Where the first segment begins that a route would not have; `nil` where the path is its
  /// own route, which most are.
  @inline(__always)
  func firstReplaced(_ path: Span<UInt8>) -> Int? {
    guard path.count <= Self.pathBytesMax else { return 0 }
    var segmentCount = 0
    var start = 0
    var mayBeID = false
    var index = 0
    while index < path.count {
      let byte = path[index]
      if byte == ASCII.slash {
        if mayBeID || index - start >= IDShape.tokenBytesMin,
          replaces(path.extracting(start..<index))
        {
          return start
        }
        start = index + 1
        mayBeID = false
        segmentCount += 1
      } else if byte.isDigit || byte == IDShape.parameterMark {
        mayBeID = true
      } else if byte == Self.fragmentMark {
        return start
      }
      index += 1
    }
    if mayBeID || index - start >= IDShape.tokenBytesMin, replaces(path.extracting(start..<index)) {
      return start
    }
    return segmentCount > Self.segmentCountMax ? 0 : nil
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
