/// Makes routes of paths: segments that name one thing among many become `{id}`, so that a
/// million orders are one route.
public struct RouteTemplates: Sendable {
  /// Segments beyond these become one `{rest}`.
  public static let segmentCountMax = 24
  /// Bytes of a normalised path; what would go beyond becomes `{rest}`.
  public static let pathBytesMax = 256
  /// No literal of a route is longer than this.
  public static let segmentBytesMax = 64

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

  /// Whether a path need not be rewritten: none of its segments looks like an id.
  @inline(__always)
  func isNormal(_ path: Span<UInt8>) -> Bool {
    guard path.count <= Self.pathBytesMax else { return false }
    var segmentCount = 0
    var start = 0
    var digitCount = 0
    var index = 0
    while index < path.count {
      let byte = path[index]
      if byte == ASCII.slash {
        if digitCount > 0 || index - start >= IDShape.tokenBytesMin, index > start,
          replaces(path.extracting(start..<index))
        {
          return false
        }
        start = index + 1
        digitCount = 0
        segmentCount += 1
      } else if byte.isDigit {
        digitCount += 1
      } else if byte == IDShape.parameterMark {
        return false
      }
      index += 1
    }
    if digitCount > 0 || index - start >= IDShape.tokenBytesMin, index > start,
      replaces(path.extracting(start..<index))
    {
      return false
    }
    return segmentCount <= Self.segmentCountMax
  }

  /// Appends the route of `path` to `output`.
  package func normalise(_ path: Span<UInt8>, into output: inout [UInt8]) {
    let first = output.count
    var start = 0
    var segmentCount = 0
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
    guard name.count > 0, replaces(name) else {
      output.append(contentsOf: name)
      return
    }
    output.append(contentsOf: "{id}".utf8)
    output.append(contentsOf: name.extracting(IDShape.stemCount(name)..<name.count))
  }

  private func replaces(_ segment: Span<UInt8>) -> Bool {
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

/// What the names of single things look like: numbers, UUIDs, hashes, tokens.
enum IDShape {
  static let tokenBytesMin = 16
  /// `;jsessionid=…` is a parameter of a segment, not part of a route.
  static let parameterMark = UInt8(ascii: ";")

  /// Whether a segment of a path names one thing among many.
  static func isID(_ segment: Span<UInt8>) -> Bool {
    let shape = Shape(segment.extracting(0..<stemCount(segment)))
    guard shape.isPlain else { return false }
    if shape.letterCount == 0 {
      return shape.digitCount > 0 && shape.dotCount == 0 || shape.isLongNumber
    }
    guard shape.dotCount == 0 else { return false }
    if shape.isHex, shape.count >= tokenBytesMin || shape.count >= 8 && shape.digitCount > 0 {
      return true
    }
    if shape.finalDigitCount >= 5 { return true }
    return shape.count >= tokenBytesMin && shape.digitCount >= 2 && shape.turnCount >= 3
  }

  /// The segment without an extension of letters: `12345.json` is an id, too.
  static func stemCount(_ segment: Span<UInt8>) -> Int {
    var index = segment.count - 1
    let lowest = max(1, segment.count - 6)
    while index >= lowest, segment[index].isLetter { index -= 1 }
    guard index >= lowest, index < segment.count - 1, segment[index] == ASCII.dot else {
      return segment.count
    }
    return index
  }

  private struct Shape {
    var count = 0
    var digitCount = 0
    var letterCount = 0
    var dotCount = 0
    var finalDigitCount = 0
    /// Neighbours of which one is a letter and the other a digit.
    var turnCount = 0
    var isHex = true
    /// Only letters, digits and marks that ids have.
    var isPlain = true

    var isLongNumber: Bool { digitCount >= 7 }

    init(_ text: Span<UInt8>) {
      count = text.count
      var previous: UInt8 = 0
      for index in text.indices {
        take(text[index], after: previous)
        previous = text[index]
      }
    }

    private mutating func take(_ byte: UInt8, after previous: UInt8) {
      if byte.isDigit {
        digitCount += 1
        finalDigitCount += 1
        if previous.isLetter { turnCount += 1 }
        return
      }
      finalDigitCount = 0
      if byte.isLetter {
        letterCount += 1
        if previous.isDigit { turnCount += 1 }
        if byte.hexValue == nil { isHex = false }
        return
      }
      switch byte {
      case ASCII.dot: dotCount += 1
      case ASCII.dash: break
      case UInt8(ascii: "_"), ASCII.colon, ASCII.comma: isHex = false
      case UInt8(ascii: "~"), UInt8(ascii: "="), UInt8(ascii: "+"): isHex = false
      default: isPlain = false
      }
    }
  }
}
