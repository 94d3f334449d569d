import ArgumentParser
import FormatWorkshop
import Foundation

/// Grades the formats against lines whose right answers are known.
struct ExamCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "exam",
    abstract: "Parses the lines of an exam and compares every field that it asserts.",
    discussion: """
      DIR holds *.jsonl files of rows: {"format", "format_string", "line", "expected", "tags"}. \
      The exit status is 0 where 99 of 100 rows are right and none is wrong.
      """,
    shouldDisplay: false)

  @Argument(help: "The folder with the rows.")
  var dir: String

  func run() throws {
    let rows: [ExamRow]
    do {
      rows = try Exam.rows(ofFolder: dir)
    } catch {
      StandardError.writeLine("\(dir): \(error)")
      throw ExitStatus.noInput
    }
    let exam = Exam(rows)
    print(exam.report)
    if !exam.isPassed { throw ExitStatus.testsFailed }
  }
}
