import Foundation
import Testing

@testable import RuleFiles

/// Each file of `Bad/` is loaded, and what is said about it compared with the text beside it.
/// `UPDATE_FIXTURES=1` rewrites the texts for review.
@Suite struct DiagnosticTests {
  @Test(arguments: [
    ("main", "; did you mean 'main'?"),
    ("add [$time_local] or $msec", "; try: add [$time_local] or $msec"),
  ])
  func `a word may have been meant, and a sentence is what to do`(
    suggestion: String, end: String
  ) {
    let diagnostic = Diagnostic(
      file: "a.yaml", line: 1, column: 1, message: "wrong", suggestion: suggestion)
    #expect(diagnostic.headline == "a.yaml:1:1: error: wrong\(end)")
  }

  private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "Bad")

  private static let names: [String] = {
    let all = (try? FileManager.default.contentsOfDirectory(atPath: folder.path())) ?? []
    return all.filter { !$0.hasSuffix(".txt") }.sorted()
  }()

  @Test func `there are bad files`() {
    #expect(Self.names.count >= 25)
  }

  @Test(arguments: names)
  func `every bad file is told all its faults`(name: String) throws {
    let url = Self.folder.appending(path: name)
    let file = SourceFile(name: "Bad/\(name)", bytes: Array(try Data(contentsOf: url)))
    let actual = Self.faults(of: file)
    let stem = name.split(separator: ".")[0]
    let expectedURL = Self.folder.appending(path: "\(stem).txt")
    if ProcessInfo.processInfo.environment["UPDATE_FIXTURES"] == "1" {
      try Data(actual.utf8).write(to: expectedURL)
    }
    let expected = try String(contentsOf: expectedURL, encoding: .utf8)
    #expect(actual == expected)
    #expect(!actual.contains("super-secret"))
  }

  private static func faults(of file: SourceFile) -> String {
    do throws(Diagnostics) {
      if file.baseName.hasPrefix("registry") {
        _ = try RegistryLoader.load([file]) {
          "key:\($0.utf8.map { String($0, radix: 16) }.joined())"
        }
      } else if file.baseName.hasPrefix("config") {
        _ = try ConfigurationLoader.load(file, formats: ["nginx", "json", "combined"])
      } else {
        _ = try RuleLoader.load([file])
      }
      return "no fault\n"
    } catch {
      return "\(error)\n"
    }
  }

  @Test func `a long line is shown around the fault`() {
    let line = String(repeating: "a", count: 500) + "!" + String(repeating: "b", count: 500)
    let fault = Diagnostic(
      file: "f", line: 1, column: 501, message: "odd", sourceLine: line)
    let lines = fault.description.split(separator: "\n").map(Array.init)
    #expect(lines.count == 3)
    #expect(lines[1].count < 120)
    #expect(lines[2].firstIndex(of: "^").map { lines[1][$0] } == "!")
  }

  @Test func `a terminal gets no control characters`() {
    let fault = Diagnostic(
      file: "f\u{1b}[2J", line: 1, column: 1, message: "a\u{7}", sourceLine: "\u{1b}]0;x\u{7}\tb")
    let controls = fault.description.unicodeScalars.filter {
      $0.properties.generalCategory == .control && $0 != "\n"
    }
    #expect(controls.isEmpty)
  }

  @Test func `faults are sorted by place, and a file with very many says so`() {
    let rules = (0..<300).map { "  - {id: r\($0), title: A, kind: spike, x\($0): 1}\n" }
    let file = SourceFile(name: "many.yaml", text: "rules:\n" + rules.joined())
    let error = #expect(throws: Diagnostics.self) { try RuleLoader.load([file]) }
    let all = error?.all ?? []
    #expect(all.count == DiagnosticSink.diagnosticCountMax + 1)
    #expect(all == all.sorted())
    #expect(all.contains { $0.message == "and 200 more faults" })
  }
}
