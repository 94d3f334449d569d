import AccessLog

/// Parses the lines of an exam and compares every field that its rows assert.
public enum ExamGrader {
  /// How a row went.
  public enum Verdict: Hashable, Sendable {
    case right
    /// A field that differs, or a record where there should be none: the reasons.
    case wrong([String])
    /// No record though one was expected, or nothing to read the line with: the reason.
    case refused(String)
  }

  /// Grades one row.
  public static func grade(_ row: ExamRow) -> Verdict {
    do throws(FormatFault) {
      return try verdict(row, ExamFormats.choices(for: row))
    } catch {
      return .refused(error.message + (error.suggestion.map { "; try: \($0)" } ?? ""))
    }
  }

  private static func verdict(
    _ row: ExamRow, _ choices: [ExamFormats.Choice]
  ) throws(FormatFault) -> Verdict {
    var refusal: MalformedLine?
    for choice in choices {
      switch try ExamRecord.read(row.line, choice) {
      case .success(let record): return verdict(row, record)
      case .failure(let fault): refusal = refusal ?? fault
      }
    }
    if row.expected["reject"] == .flag(true) || row.tags.contains("ambiguous_format") {
      return .right
    }
    guard let refusal else { return .refused("no record") }
    return .refused("\(refusal.reason.description) at byte \(refusal.offset)")
  }

  private static func verdict(_ row: ExamRow, _ record: ExamRecord) -> Verdict {
    if row.expected["reject"] == .flag(true) { return .wrong(["a record where there is none"]) }
    let check = ExamCheck(row: row, record: record)
    var faults: [String] = []
    var missing: [String] = []
    for (field, value) in row.expected.sorted(by: { $0.key < $1.key }) {
      switch check.compare(field, value) {
      case .same: continue
      case .different(let found): faults.append("\(field) is \(found), expected \(value)")
      case .unavailable: missing.append(field)
      }
    }
    if !faults.isEmpty { return .wrong(faults) }
    if missing.isEmpty { return .right }
    return .refused("the format does not know \(missing.joined(separator: ", "))")
  }
}
