import Foundation
import Testing

/// Each text with which the reader of rules refuses something stands in a golden file of `Bad/`, so
/// that whoever changes one sees how it reads, and none is there that nothing leads to.
@Suite struct DiagnosticCoverageTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// What reads rules; registries, configurations and formats have suites of their own.
  private static let files =
    [
      "RuleFiles": [
        "RuleReader", "OverrideReader", "RuleLoader", "RuleTestReader", "PolicyReader",
        "FieldReader",
        "FieldReader+Requests", "MatcherText", "FeedText", "HoursText", "KindOutline",
        "YAMLDocument", "YAMLScan",
      ],
      "Detection": [
        "TallyPlan", "VolumePlan", "Measure", "ExpressionParser", "ExpressionTokens",
        "LinearPattern", "PatternParser",
        "Detectors/Ratio", "Detectors/Precursor", "Detectors/Tier", "Detectors/Threshold",
      ],
    ].flatMap { folder, names in names.map { "\(folder)/\($0).swift" } }.sorted()

  /// Texts to which no small file leads.
  private static let beyondFiles = [
    // Another test writes more rules than anybody has, and larger files.
    "more than \\(RuleLoader.ruleCountMax) rules", "is larger than \\(byteCountMax >> 20) MiB",
    "'feed': more than \\(Self.feedRequestCountMax) requests",
    "more than \\(Self.lineCountMax) requests",
    // An empty file is a warning, and the golden files are of what is refused.
    "has no rules",
    // What the scan lets through, the parser has never refused.
    "cannot be read as YAML: \\(error)", "anchors, aliases and deep nesting are not allowed",
  ]

  private static let golden: String = {
    let folder = root.appending(path: "Tests/RuleFilesTests/Bad")
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.filter { $0.hasSuffix(".txt") }.sorted()
      .compactMap { try? String(contentsOf: folder.appending(path: $0), encoding: .utf8) }.joined()
  }()

  /// The parts of a literal between what is put into it, as they are shown.
  private static func parts(of literal: some StringProtocol) -> [String] {
    var parts = [""]
    var depth = 0
    var isEscaped = false
    for character in literal {
      if isEscaped, character == "(" {
        depth = 1
        parts.append("")
      } else if isEscaped {
        parts[parts.count - 1].append(character)
      } else if depth > 0 {
        depth += character == "(" ? 1 : character == ")" ? -1 : 0
      } else if character != "\\" {
        parts[parts.count - 1].append(character)
      }
      isEscaped = depth == 0 && character == "\\" && !isEscaped
    }
    return parts.map { $0.trimmingCharacters(in: .whitespaces) }.filter { $0.count >= 4 }
  }

  @Test(arguments: files)
  func `every text of a fault was told to somebody`(file: String) throws {
    let source = try String(
      contentsOf: Self.root.appending(path: "Sources/\(file)"), encoding: .utf8)
    let call = /\b(?:report|fault|Fault)\(\s*"((?:[^"\\]|\\.)*)"/
    for found in source.matches(of: call) where !Self.beyondFiles.contains(String(found.1)) {
      for part in Self.parts(of: found.1) where !Self.golden.contains(part) {
        Issue.record("'\(found.1)' is in no file of Bad: '\(part)'")
      }
    }
  }

  @Test func `what is left out is still there`() throws {
    let sources = try Self.files.map {
      try String(contentsOf: Self.root.appending(path: "Sources/\($0)"), encoding: .utf8)
    }.joined()
    for text in Self.beyondFiles { #expect(sources.contains("\"\(text)\""), "\(text)") }
    #expect(Self.golden.utf8.count > 10_000)
  }
}
