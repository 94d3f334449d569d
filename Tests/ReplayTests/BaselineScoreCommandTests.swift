import Foundation
import Testing

/// What `baseline score` makes of a series, and by which status it refuses one.
@Suite struct BaselineScoreCommandTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func score(_ text: String, _ options: String...) throws -> Tollwatch.Outcome {
    let input = try folder.write(text, to: "series.csv")
    return try Tollwatch.run(["baseline", "score"] + options, in: folder.path, input: input)
  }

  private static let added = "anomaly_score,expected_low,expected,expected_high"

  /// A row a minute of a saw tooth, with a spike in row 900.
  private static let series =
    "timestamp,value\n"
    + (0..<1_000).map { "\(1_700_000_000 + 60 * $0),\($0 == 900 ? 900 : 100 + $0 % 7)\n" }.joined()

  @Test func `a row comes out for every row, and the spike stands out`() throws {
    let outcome = try score(Self.series)
    #expect(outcome.status == 0 && outcome.report.isEmpty, "\(outcome.report)")
    let rows = outcome.lines.map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    #expect(rows.count == 1_001 && rows.allSatisfy { $0.count == 6 })
    let scores = rows.dropFirst().compactMap { Double($0[2]) }
    #expect(scores.count == 1_000 && scores.allSatisfy { (0...1).contains($0) })
    #expect(scores.indices.max { scores[$0] < scores[$1] } == 900)
    #expect(rows[1][3...].allSatisfy { $0.isEmpty })
    #expect(rows[900][3...].compactMap { Double($0) }.count == 3)
  }

  @Test func `what the rows had is passed through to the byte`() throws {
    let text =
      "\u{feff}id,\"value\",Timestamp\r\n\"a,1\",5,2026-11-20 09:00:00\r\n\r\n"
      + "\"x\"\"y\nz\",nan,1763629260.5\n b , 7 ,2026-11-20T09:02:00Z"
    let outcome = try score(text)
    #expect(outcome.status == 0, "\(outcome.report)")
    #expect(outcome.text.hasPrefix("id,\"value\",Timestamp,\(Self.added)\r\n\"a,1\",5,2026"))
    #expect(outcome.text.contains("\r\n\"x\"\"y\nz\",nan,1763629260.5,0.0,"))
    #expect(outcome.text.contains("\n b , 7 ,2026-11-20T09:02:00Z,0.0,"))
  }

  @Test(arguments: [
    ("", "1:1: error: nothing came"),
    ("timestamp,valeu\n1,2\n", "1:11: error: the header names no column value"),
    ("a,b\n1,2\n", "1:1: error: the header names no column timestamp"),
    ("timestamp,value,value\n", "1:17: error: the header names value twice"),
    ("timestamp,value,anomaly_score\n", "1:17: error: the header has a column anomaly_score"),
    ("timestamp,value\n1,2\n2,fast\n", "3:3: error: 'fast' is no number"),
    ("timestamp,value\nyesterday,2\n", "2:1: error: 'yesterday' is no time"),
    ("timestamp,value\n1700000000000,2\n", "these may be milliseconds"),
    ("timestamp,value\n1\n", "2:1: error: 1 fields, where the header has 2"),
    ("timestamp,value\n\"1,2\n", "2:1: error: a quote that nothing closes"),
    ("timestamp,value\n\"1\"2,2\n", "2:4: error: text behind a closing quote"),
  ])
  func `a fault is told with its place`(text: String, fault: String) throws {
    let outcome = try score(text)
    #expect(outcome.status == 78)
    #expect(outcome.report.contains(fault), "\(outcome.report)")
  }

  @Test func `rows before a fault came out`() throws {
    let outcome = try score("timestamp,value\n1,2\n2,x\n3,4\n")
    #expect(outcome.status == 78 && outcome.lines.count == 2)
  }

  @Test func `a bucket that is told is the one that the rows tell`() throws {
    let seen = try score(Self.series)
    let told = try score(Self.series, "--bucket", "1m")
    let auto = try score(Self.series, "--bucket", "auto")
    #expect(seen.text == told.text && seen.text == auto.text)
    let wrong = try score(Self.series, "--bucket", "soon")
    #expect(wrong.status == 64)
  }

  @Test func `rows come out while the series is still being written`() throws {
    let process = Process()
    process.executableURL = URL(filePath: Tollwatch.path)
    process.arguments = ["baseline", "score"]
    let (input, output) = (Pipe(), Pipe())
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    try input.fileHandleForWriting.write(contentsOf: Data("timestamp,value\n1,2\n".utf8))
    var seen = Data()
    while seen.count(where: { $0 == 0x0a }) < 2 {
      seen += output.fileHandleForReading.availableData
    }
    #expect(String(decoding: seen, as: UTF8.self).hasSuffix("1,2,0.0,,,\n"))
    try input.fileHandleForWriting.close()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
  }
}
