import RuleFiles

/// What is wrong with CSV from standard input, and where.
struct CSVFault: Error {
  var line: Int
  /// In Unicode scalars, from 1.
  var column: Int
  var message: String
  var suggestion: String?

  var diagnostic: Diagnostic {
    Diagnostic(
      file: "standard input", line: line, column: column, message: message,
      suggestion: suggestion)
  }
}
