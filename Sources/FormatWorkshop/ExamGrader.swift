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

  /// A verdict, and what was let pass on the way to it.
  public struct Grade: Hashable, Sendable {
    public var verdict: Verdict
    /// Assertions that no reader of the line could meet, each with the reason.
    public var allowances: [String] = []
  }

  /// Grades one row.
  public static func grade(_ row: ExamRow) -> Grade {
    do throws(FormatFault) {
      return try grade(row, ExamFormats.choices(for: row))
    } catch {
      let suggestion = error.suggestion.map { "; try: \($0)" } ?? ""
      return Grade(verdict: .refused(error.message + suggestion))
    }
  }

  private static func grade(
    _ row: ExamRow, _ choices: [ExamFormats.Choice]
  ) throws(FormatFault) -> Grade {
    var refusal: MalformedLine?
    for choice in choices {
      switch try ExamRecord.read(row.line, choice) {
      case .success(let record): return grade(row, record)
      case .failure(let fault): refusal = refusal ?? fault
      }
    }
    // Where nothing is asserted, not even a time, no record is as good as one; and without a time
    // there can be none.
    if row.expected["reject"] == .flag(true) || row.tags.contains("ambiguous_format")
      || row.expected.isEmpty || row.assertsNoTime
    {
      return Grade(verdict: .right)
    }
    guard let refusal else { return Grade(verdict: .refused("no record")) }
    return Grade(
      verdict: .refused("\(refusal.reason.description) at byte \(refusal.offset)"))
  }

  private static func grade(_ row: ExamRow, _ record: ExamRecord) -> Grade {
    if row.expected["reject"] == .flag(true) {
      return Grade(verdict: .wrong(["a record where there is none"]))
    }
    var allowances: [String] = []
    let check = ExamCheck(row: row, record: record)
    var faults: [String] = []
    var missing: [String] = []
    for (field, value) in row.expected.sorted(by: { $0.key < $1.key }) {
      switch check.compare(field, value) {
      case .same: continue
      case .allowed(let reason): allowances.append("\(field): \(reason)")
      case .different(let found): faults.append("\(field) is \(found), expected \(value)")
      case .unavailable: missing.append(field)
      }
    }
    return Grade(verdict: verdict(faults, missing), allowances: allowances)
  }

  private static func verdict(_ faults: [String], _ missing: [String]) -> Verdict {
    if !faults.isEmpty { return .wrong(faults) }
    if missing.isEmpty { return .right }
    return .refused("the format does not know \(missing.joined(separator: ", "))")
  }
}
