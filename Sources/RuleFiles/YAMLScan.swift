/// Walks over YAML text once, as its scanner would, and finds what a rule file must not have
/// before anything is composed: anchors, aliases, tags, directives, further documents, keys
/// that are not words, deep nesting.
///
/// Such marks count only where a token begins. Inside quotes, comments, block scalars and plain
/// scalars they are text, so that `GET /v*/orders` and `a & b` need no quotes. The indentation
/// is tracked as libyaml tracks it, because it decides where a plain scalar of several lines
/// ends.
struct YAMLScan {
  struct Fault {
    var message: String
    var mark: YAMLNode.Mark
    /// The message without the text of the file.
    var plainMessage: String { String(message.prefix { $0 != ";" }) }
  }

  /// Faults after which it gives up.
  static let faultCountMax = 10

  private(set) var faults: [Fault] = []

  private let bytes: [UInt8]
  private var at: Int
  private var line = 1
  private var lineStart: Int
  /// Columns of the open block collections, from 0; ascending.
  private var indents: [Int] = []
  private var flowDepth = 0
  private var hasContent = false

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    // A byte order mark belongs to no column.
    lineStart = bytes.starts(with: [0xef, 0xbb, 0xbf]) ? 3 : 0
    at = lineStart
  }

  mutating func run() {
    while at < bytes.count, faults.count < Self.faultCountMax {
      skipBlanks()
      guard at < bytes.count else { return }
      if isLineBreak(at) {
        skipLineBreak()
      } else if bytes[at] == UInt8(ascii: "#") {
        skipToLineEnd()
      } else {
        scanToken()
      }
    }
  }

  private var column: Int { at - lineStart }

  private var depth: Int { indents.count + flowDepth }

  private mutating func scanToken() {
    if flowDepth == 0 {
      if isDocumentMark(at) { return scanDocumentMark() }
      while let indent = indents.last, indent > column { indents.removeLast() }
    }
    switch bytes[at] {
    case UInt8(ascii: "%") where column == 0 && flowDepth == 0:
      refuse("directives are not allowed")
      skipToLineEnd()
    case UInt8(ascii: "-") where flowDepth == 0 && isBlankOrEnd(at + 1):
      open(at: column)
      at += 1
    case UInt8(ascii: "?") where isBlankOrEnd(at + 1):
      refuse("a key must be a single word; '? ' is not allowed")
      at += 1
    case UInt8(ascii: "&"): refuseMark("anchors ('&') are not allowed")
    case UInt8(ascii: "*"):
      refuseMark("aliases are not allowed; text that begins with '*' must be quoted")
    case UInt8(ascii: "!"): refuseTag()
    case UInt8(ascii: "\""), UInt8(ascii: "'"): scanQuoted()
    case UInt8(ascii: "|") where flowDepth == 0, UInt8(ascii: ">") where flowDepth == 0:
      scanBlockScalar()
    default: scanIndicatorOrPlain()
    }
    hasContent = true
  }

  private mutating func scanIndicatorOrPlain() {
    switch bytes[at] {
    case UInt8(ascii: "["), UInt8(ascii: "{"):
      flowDepth += 1
      checkDepth()
      at += 1
    case UInt8(ascii: "]"), UInt8(ascii: "}"):
      flowDepth = max(0, flowDepth - 1)
      at += 1
    case UInt8(ascii: ",") where flowDepth > 0:
      at += 1
    case UInt8(ascii: ":") where isBlankOrEnd(at + 1) || flowDepth > 0:
      at += 1
    default: scanPlain()
    }
  }

  // MARK: - Scalars

  private mutating func scanQuoted() {
    let quote = bytes[at]
    let start = (line: line, column: column)
    at += 1
    while at < bytes.count {
      if isLineBreak(at) {
        skipLineBreak()
      } else if bytes[at] == UInt8(ascii: "\\"), quote == UInt8(ascii: "\"") {
        at += 1
        if at < bytes.count, !isLineBreak(at) { at += 1 }
      } else if bytes[at] == quote {
        at += 1
        guard quote == UInt8(ascii: "'"), at < bytes.count, bytes[at] == quote else { break }
        at += 1
      } else {
        at += 1
      }
    }
    openIfKey(startedAt: start)
  }

  private mutating func scanPlain() {
    let start = (line: line, column: column)
    while at < bytes.count {
      let byte = bytes[at]
      if isLineBreak(at) {
        guard skipToContinuation() else { return }
      } else if byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") {
        at += 1
        if at < bytes.count, bytes[at] == UInt8(ascii: "#") { return }
      } else if byte == UInt8(ascii: ":"), isEndOfKey(at + 1) {
        break
      } else if flowDepth > 0, Self.flowIndicators.contains(byte) {
        return
      } else {
        at += 1
      }
    }
    openIfKey(startedAt: start)
  }

  /// Skips the line breaks after a line of a plain scalar; true where the next line belongs to
  /// it, which stands deeper than the block around it.
  private mutating func skipToContinuation() -> Bool {
    while at < bytes.count {
      skipBlanks()
      guard at < bytes.count, isLineBreak(at) else { break }
      skipLineBreak()
    }
    guard at < bytes.count, bytes[at] != UInt8(ascii: "#") else { return false }
    if flowDepth > 0 { return true }
    return column > indents.last ?? -1 && !isDocumentMark(at)
  }

  /// A scalar on one line that a colon follows is a key, and opens a mapping at its column.
  private mutating func openIfKey(startedAt start: (line: Int, column: Int)) {
    guard flowDepth == 0, start.line == line else { return }
    skipBlanks()
    guard at < bytes.count, bytes[at] == UInt8(ascii: ":"), isBlankOrEnd(at + 1) else { return }
    open(at: start.column)
    at += 1
  }

  private mutating func scanBlockScalar() {
    let parent = indents.last ?? -1
    var indent: Int?
    at += 1
    while at < bytes.count, Self.blockIndicators.contains(bytes[at]) {
      if (UInt8(ascii: "1")...UInt8(ascii: "9")).contains(bytes[at]) {
        indent = max(parent, 0) + Int(bytes[at] - UInt8(ascii: "0"))
      }
      at += 1
    }
    skipToLineEnd()
    while at < bytes.count {
      let rewind = (at, line, lineStart)
      skipLineBreak()
      while at < bytes.count, bytes[at] == UInt8(ascii: " "), column < indent ?? .max { at += 1 }
      if at >= bytes.count || isLineBreak(at) { continue }
      let least = indent ?? max(column, parent + 1, 1)
      guard column >= least else {
        (at, line, lineStart) = rewind
        return skipLineBreak()
      }
      indent = least
      skipToLineEnd()
    }
  }

  // MARK: - Marks

  private mutating func scanDocumentMark() {
    if bytes[at] == UInt8(ascii: ".") || hasContent {
      refuse("only one document is allowed in a file")
      at = bytes.count
    } else {
      hasContent = true
      at += 3
    }
  }

  private mutating func refuseTag() {
    let text = String(decoding: bytes[lineStart..<lineEnd(from: lineStart)], as: UTF8.self)
    let hint = ExpressionQuoting.hint(for: text)
    refuseMark(
      hint.map { "text that begins with '!' must be quoted; \($0)" }
        ?? "tags ('!') are not allowed; text that begins with '!' must be quoted")
    // What follows is part of the text that should have been quoted.
    if hint != nil { skipToLineEnd() }
  }

  /// Refuses the word that begins here.
  private mutating func refuseMark(_ message: String) {
    refuse(message)
    while at < bytes.count, !isBlankOrEnd(at), !Self.flowIndicators.contains(bytes[at]) { at += 1 }
  }

  private mutating func refuse(_ message: String) {
    let before = bytes[lineStart..<at].count { $0 & 0xc0 != 0x80 }
    faults.append(Fault(message: message, mark: YAMLNode.Mark(line: line, column: before + 1)))
  }

  private mutating func open(at column: Int) {
    guard column > indents.last ?? -1 else { return }
    indents.append(column)
    checkDepth()
  }

  private mutating func checkDepth() {
    guard depth > YAMLDocument.depthMax else { return }
    refuse("nested deeper than \(YAMLDocument.depthMax) levels")
    // What follows cannot be worse, and would only repeat this.
    at = bytes.count - 1
  }

  // MARK: - Bytes

  private static let blockIndicators = Array("+-123456789".utf8)
  private static let flowIndicators = Array(",[]{}".utf8)

  private mutating func skipBlanks() {
    while at < bytes.count, bytes[at] == UInt8(ascii: " ") || bytes[at] == UInt8(ascii: "\t") {
      at += 1
    }
  }

  private mutating func skipToLineEnd() { at = lineEnd(from: at) }

  private func lineEnd(from start: Int) -> Int {
    var end = start
    while end < bytes.count, !isLineBreak(end) { end += 1 }
    return end
  }

  private mutating func skipLineBreak() {
    guard at < bytes.count else { return }
    let isPair = bytes[at] == 0x0d && at + 1 < bytes.count && bytes[at + 1] == 0x0a
    at += isPair ? 2 : 1
    line += 1
    lineStart = at
  }

  private func isLineBreak(_ offset: Int) -> Bool {
    bytes[offset] == 0x0a || bytes[offset] == 0x0d
  }

  private func isBlankOrEnd(_ offset: Int) -> Bool {
    guard offset < bytes.count else { return true }
    return [0x20, 0x09, 0x0a, 0x0d].contains(bytes[offset])
  }

  private func isEndOfKey(_ offset: Int) -> Bool {
    isBlankOrEnd(offset) || flowDepth > 0 && Self.flowIndicators.contains(bytes[offset])
  }

  private func isDocumentMark(_ offset: Int) -> Bool {
    guard offset == lineStart, offset + 3 <= bytes.count, isBlankOrEnd(offset + 3) else {
      return false
    }
    let mark = bytes[offset..<offset + 3]
    return mark.elementsEqual("---".utf8) || mark.elementsEqual("...".utf8)
  }
}
