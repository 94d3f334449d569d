/// Gathers the faults of one file. A class, because readers of nested mappings share it.
final class DiagnosticSink {
  /// A file with more faults than this is told so once.
  static let diagnosticCountMax = 100

  let file: String
  private let lines: [Substring]
  private(set) var diagnostics: [Diagnostic] = []
  private var refusedCount = 0
  private var firstRefused: YAMLNode.Mark?

  /// Any word of the file may be a key: lines are shown masked, and messages quote nothing.
  let hidesText: Bool

  /// Without `text` no source line is shown.
  init(file: String, showing text: String?, hidesText: Bool = false) {
    self.file = file
    self.hidesText = hidesText
    lines =
      text?.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" || $0 == "\r" }
      ?? []
  }

  /// Another one of the same file.
  func empty() -> DiagnosticSink { DiagnosticSink(self) }

  private init(_ other: DiagnosticSink) {
    (file, lines, hidesText) = (other.file, other.lines, other.hidesText)
  }

  /// Takes what another one of the same file has.
  func report(_ diagnostic: Diagnostic) {
    guard diagnostics.count < Self.diagnosticCountMax else {
      refusedCount += 1
      return
    }
    diagnostics.append(diagnostic)
  }

  var hasErrors: Bool { errorCount > 0 }

  var errorCount: Int { diagnostics.count { $0.severity == .error } }

  func report(
    _ message: String, at mark: YAMLNode.Mark?, suggestion: String? = nil,
    severity: Diagnostic.Severity = .error
  ) {
    guard diagnostics.count < Self.diagnosticCountMax else {
      refusedCount += 1
      if refusedCount == 1 { firstRefused = mark }
      return
    }
    let source = mark.flatMap { line($0.line) }
    let masked = hidesText ? source.map(MaskedLine.init) : nil
    diagnostics.append(
      Diagnostic(
        severity, file: file, line: mark?.line ?? 0, column: mark?.column ?? 0, message: message,
        suggestion: suggestion,
        sourceLine: hidesText ? masked?.text : source.map(SecretWords.masked),
        shownColumn: mark.flatMap { masked?.column(of: $0.column) }))
  }

  /// `noun 'text'`, or the noun alone where text is not shown.
  func quoted(_ noun: String, _ text: String) -> String {
    hidesText ? noun : "\(noun) '\(text)'"
  }

  /// The text of line `number`, counted from 1.
  func line(_ number: Int) -> String? {
    lines.indices.contains(number - 1) ? String(lines[number - 1]) : nil
  }

  /// All of them, and how many more there were.
  func finish() -> [Diagnostic] {
    guard refusedCount > 0 else { return diagnostics }
    let more = Diagnostic(
      file: file, line: firstRefused?.line ?? 0, column: firstRefused?.column ?? 0,
      message: "and \(refusedCount) more faults")
    return diagnostics + [more]
  }
}
