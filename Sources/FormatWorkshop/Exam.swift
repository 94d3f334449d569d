public import Foundation

/// An exam: the files of a folder, their rows graded, and the report.
public struct Exam: Sendable {
  /// Of one format.
  public struct Count: Hashable, Sendable {
    public var right = 0
    public var wrong = 0
    public var refused = 0
    public var total: Int { right + wrong + refused }

    mutating func add(_ verdict: ExamGrader.Verdict) {
      switch verdict {
      case .right: right += 1
      case .wrong: wrong += 1
      case .refused: refused += 1
      }
    }
  }

  /// By format, sorted by name.
  public private(set) var counts: [(format: String, count: Count)] = []
  public private(set) var total = Count()
  /// One line for each row that is not right: `file:line: format: reason`.
  public private(set) var failures: [String] = []
  /// One line for each assertion that was let pass: `file:line: format: reason`.
  public private(set) var allowances: [String] = []

  /// Grades `rows`.
  public init(_ rows: [ExamRow]) {
    var byFormat: [String: Count] = [:]
    for row in rows {
      let grade = ExamGrader.grade(row)
      let verdict = grade.verdict
      allowances += grade.allowances.map { "\(row.place): \(row.format): allowed: \($0)" }
      byFormat[row.format, default: Count()].add(verdict)
      total.add(verdict)
      switch verdict {
      case .right: continue
      case .wrong(let reasons):
        failures.append("\(row.place): \(row.format): wrong: \(reasons.joined(separator: "; "))")
      case .refused(let reason):
        failures.append("\(row.place): \(row.format): refused: \(reason)")
      }
    }
    counts = byFormat.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  /// Passed: 99 of 100 right, none wrong.
  public var isPassed: Bool {
    total.total > 0 && total.wrong == 0 && total.right * 100 >= total.total * 99
  }

  /// A row for each format, what was let pass, every row that is not right, and the totals as the
  /// last line.
  public var report: String {
    let width = counts.map(\.format.count).max() ?? 0
    var lines = counts.map { format, count in
      let name = format.padding(toLength: width, withPad: " ", startingAt: 0)
      return "\(name)  \(count.right) right, \(count.wrong) wrong, \(count.refused) refused"
    }
    lines += allowances + failures
    lines.append(
      "\(total.right) right, \(total.wrong) wrong, \(total.refused) refused of \(total.total)")
    return lines.joined(separator: "\n")
  }

  /// The rows of every `*.jsonl` of `folder`, in the order of the files' names.
  public static func rows(ofFolder folder: String) throws -> [ExamRow] {
    let names = try FileManager.default.contentsOfDirectory(atPath: folder)
      .filter { $0.hasSuffix(".jsonl") }.sorted()
    return try names.flatMap { name in
      let data = try Data(contentsOf: URL(filePath: folder).appending(path: name))
      return try rows(of: data, file: name)
    }
  }

  /// The rows of one file; blank lines are none.
  public static func rows(of data: Data, file: String) throws -> [ExamRow] {
    let lines = data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    return try lines.enumerated().compactMap { index, line in
      guard line.contains(where: { $0 > 0x20 }) else { return nil }
      return try ExamRow(place: "\(file):\(index + 1)", json: Data(line))
    }
  }
}
