import Testing

@testable import RuleFiles

@Suite struct YAMLScanTests {
  @Test(arguments: [
    "match: GET /v*/orders", "match: ANY /v*/**", "match: [GET /v*/**, POST /a*]",
    "where: status != 429 && throttled", "where: '!throttled'", "why: a & b * c ! d",
    "why: |\n  *not an alias\n  &not an anchor\n  !not a tag\nid: a",
    "why: >-\n  !text\n\n  *more\nid: a", "- why: |2\n    *deep\n  id: a",
    "why: first line\n  *second line\n  &third line\nid: a", "why: \"*a\n  &b !c\"\nid: a",
    "why: 'it''s *a'\nid: a", "# *a &b !c\nid: a # *d", "id: a #*b\n", "a: 'x' # &y\nb: z",
    "{\"a\": \"*b\", \"c\": [1, \"&d\"]}", "a: b:*c", "a: http://x/*y&z", "- - a\n  - b*\n- c",
    "a:\n- b\n- c*", "---\na: b\n", "a: -*b", "a: ?&b", "a: \"\\\"*b\"", "a: 'b'\n",
    "a: x\n\n\n  *y\nb: c", "\u{feff}a: b", "a: |\n\n  *b\n\n\nc: d", "a: [x\n  *y]",
    "why: |\n    *deep\n  *shallow is an error of YAML\n".replacing(
      "\n  *shallow is an error of YAML", with: ""),
  ])
  func `marks inside a text are text`(yaml: String) {
    #expect(Self.faults(yaml).isEmpty)
    #expect(Self.document(yaml).isEmpty)
  }

  @Test(arguments: [
    ("a: &b c", 1, 4), ("a: *b", 1, 4), ("- !b c", 1, 3), ("&a b: c", 1, 1), ("*a : b", 1, 1),
    ("[*a]", 1, 2), ("[b, *a]", 1, 5), ("{b: *a}", 1, 5), ("{*a : b}", 1, 2), ("- - *a", 1, 5),
    ("a:\n  *b", 2, 3), ("a: |\n  text\n*b: c", 3, 1), ("a: 'b'\n*c: d", 2, 1),
    ("a: b\n*c : d", 2, 1), ("a: b # c\n  *d", 2, 3), ("é: *b", 1, 4), ("? a\n: b", 1, 1),
    ("a: b\n---\nc: d", 2, 1), ("a: b\n...\n", 2, 1), ("%TAG ! x\n", 1, 1), ("a: !\n", 1, 4),
    ("a: [\n*b]", 2, 1), ("\"a\": *b", 1, 6), ("a: \"x\\\" *y\" \nb: *c", 2, 4),
    ("a: |-\n  b\nc: *d", 3, 4), ("- a: |\n   b\n  c: *d", 3, 6), ("a:\r\n  *b", 2, 3),
  ])
  func `marks where a token begins are refused`(yaml: String, line: Int, column: Int) {
    #expect(Self.faults(yaml).first?.mark == YAMLNode.Mark(line: line, column: column))
  }

  @Test(arguments: [
    String(repeating: "[", count: 100_000), String(repeating: "{a: ", count: 100_000),
    String(repeating: "- ", count: 100_000), "a:\n b:\n  c: [d]",
    (0..<2000).map { String(repeating: " ", count: $0) + "a:\n" }.joined(),
    String(repeating: "[", count: 33) + String(repeating: "]", count: 33),
  ])
  func `depth is refused before anything is composed`(yaml: String) {
    let isShallow = yaml.utf8.count < 30
    #expect(Self.document(yaml).isEmpty == isShallow)
  }

  /// Yams throws at an alias without an anchor. On text without anchors it therefore tells what
  /// the scan should have found.
  @Test func `the scan finds aliases where Yams does`() {
    let seed = UInt64.random(in: 0 ... .max)
    var random = SplitMix(seed: seed)
    let parts = [
      "a", "bc", ": ", ":", "- ", "-", "*x", " *y", "\n", "\n  ", "\n ", "\n    ", "'", "\"", "\\",
      "[", "]", "{", "}", ", ", ",", " # ", "#", "|\n", ">\n", "|", "key: ", "\n- ", "\nk: ", "? ",
      "é", " ", "  ", "''", "|2\n", "\n\n",
    ]
    for _ in 0..<6000 {
      let count = Int.random(in: 1...14, using: &random)
      let text = (0..<count).map { _ in parts.randomElement(using: &random) ?? "" }.joined()
      compare(text, "seed \(seed)")
    }
  }

  private func compare(_ text: String, _ comment: Comment) {
    let scanned = Self.faults(text)
    let isRefused = !scanned.isEmpty
    guard !scanned.contains(where: { !$0.message.hasPrefix("aliases") }) else { return }
    switch YAMLDocument.compositionFault(of: text) {
    case nil: #expect(!isRefused, "\(text.debugDescription) is refused, \(comment)")
    case let fault? where fault.contains("undefined alias"):
      #expect(isRefused, "\(text.debugDescription) is let through, \(comment)")
    default: break
    }
  }

  private static func faults(_ yaml: String) -> [YAMLScan.Fault] {
    var scan = YAMLScan(Array(yaml.utf8))
    scan.run()
    return scan.faults
  }

  private static func document(_ yaml: String) -> [Diagnostic] {
    let file = SourceFile(name: "f.yaml", text: yaml)
    let sink = DiagnosticSink(file: "f.yaml", showing: yaml)
    _ = YAMLDocument.parse(file, text: yaml, into: sink)
    return sink.finish()
  }
}

/// Random numbers that a seed repeats.
struct SplitMix: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
    return mixed ^ mixed >> 31
  }
}
