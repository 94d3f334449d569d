import ArgumentParser
import Baselines
import Glibc
import RuleFiles
import Sinks

/// Scores a series from standard input, row by row.
struct BaselineScoreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "score",
    abstract: "Reads a series as CSV and adds to each row how unusual it is.",
    discussion: """
      The header names a column timestamp (seconds since 1970, or 2026-11-20 09:00:00, which is \
      UTC unless it says otherwise) and a column value; others are passed through. Each row comes \
      out as it came, in order and at once, with four columns more: anomaly_score from 0 to 1, \
      and expected_low, expected and expected_high, between which all but 4 of 1,000 values lie. \
      A row is judged by the rows before it alone. The first 61 are learnt from and score 0; so \
      do values that are missing (empty, null or NaN). Rows older than the newest are judged and \
      not learnt from.

        tollwatch baseline score < series.csv
        tollwatch baseline score --bucket 5m < series.csv > scored.csv
      """)

  /// How far apart rows are.
  enum Bucket: ExpressibleByArgument {
    case auto
    case milliseconds(Int64)

    init?(argument: String) {
      if argument == "auto" {
        self = .auto
      } else if let length = DurationText.milliseconds(argument), length > 0 {
        self = .milliseconds(length)
      } else {
        return nil
      }
    }

    var defaultValueDescription: String { "auto" }

    /// `nil` where the rows shall tell.
    var seconds: Double? {
      guard case .milliseconds(let length) = self else { return nil }
      return Double(length) / 1000
    }
  }

  @Option(help: "How far apart rows are, such as 1m or 5m; auto sees it from the rows.")
  var bucket = Bucket.auto

  /// For the benchmarks, which tell what each part is worth.
  @Option(help: .private)
  var without: [String] = []

  func validate() throws {
    let known = ValueBaseline.Parts.names.map(\.name)
    for name in without where !known.contains(name) {
      throw ValidationError("'\(name)' is no part; parts are \(known.joined(separator: ", ")).")
    }
  }

  private var parts: ValueBaseline.Parts {
    var parts = ValueBaseline.Parts.all
    for (name, part) in ValueBaseline.Parts.names where without.contains(name) {
      parts.remove(part)
    }
    return parts
  }

  func run() throws {
    do throws(Stop) {
      guard isatty(STDIN_FILENO) == 0 else {
        throw Stop(
          ExitStatus.usage, "a series comes from standard input: tollwatch baseline score < FILE")
      }
      try scoreStandardInput()
    } catch {
      StandardError.writeLine(error.message)
      throw error.status
    }
  }

  private func scoreStandardInput() throws(Stop) {
    var rows = CSVRowReader()
    var scorer = SeriesScorer(spacingSeconds: bucket.seconds, parts: parts)
    var output = BufferedOutput()
    var chunk = [UInt8](repeating: 0, count: 64 << 10)
    var isAtEnd = false
    do {
      while !isAtEnd {
        let count = try Self.read(into: &chunk)
        isAtEnd = count == 0
        rows.append(chunk[..<count])
        defer { try? output.flush() }
        while try rows.next(isAtEnd: isAtEnd) {
          var line: [UInt8] = []
          try scorer.score(rows, into: &line)
          try output.write(line)
        }
        try output.flush()
      }
      try scorer.finish()
    } catch let fault as CSVFault {
      throw Stop(ExitStatus.configuration, fault.diagnostic.headline)
    } catch let stop as Stop {
      throw stop
    } catch {
      throw Stop(ExitStatus.failed, "\(error)")
    }
  }

  /// Reads what is there; 0 means the end.
  private static func read(into chunk: inout [UInt8]) throws(Stop) -> Int {
    while true {
      let count = chunk.withUnsafeMutableBytes {
        Glibc.read(STDIN_FILENO, $0.baseAddress, $0.count)
      }
      if count >= 0 { return count }
      if errno != EINTR {
        throw Stop(ExitStatus.failed, "standard input: \(String(cString: strerror(errno)))")
      }
    }
  }
}
