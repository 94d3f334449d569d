import AccessLog
import Testing

@testable import LogSurvey

@Suite struct VolumePictureTests {
  private static func hours(_ range: Range<Int64>, by step: Int64 = 1) -> [EntityHistory.Hour] {
    stride(from: range.lowerBound, to: range.upperBound, by: Int64.Stride(step)).map {
      EntityHistory.Hour(index: $0, requestCount: 2, errorCount: 0)
    }
  }

  @Test func `a row is a day, and a quiet hour a dot`() {
    // 2026-03-01, a Sunday, from 06:00 on.
    let start: Int64 = 20_513 * 24
    var hours = Self.hours(start + 6..<start + 30)
    hours[3].requestCount = 8
    let lines = VolumePicture(hours).lines()
    #expect(
      lines == [
        "2026-03-01 Sun  ······▂▂▂█▂▂▂▂▂▂▂▂▂▂▂▂▂▂  42",
        "2026-03-02 Mon  ▂▂▂▂▂▂··················  12",
      ])
  }

  private static let spans: [(span: Int64, rowsMax: Int)] = [
    (24, 2), (24 * 45, 46), (168 * 50, 52), (24 * 365 * 10, 64),
  ]

  @Test(arguments: spans)
  func `rows are few, and no request is lost before they must be`(span: Int64, rowsMax: Int) {
    let hours = Self.hours(1_000_001..<1_000_001 + span)
    let lines = VolumePicture(hours).lines()
    #expect(lines.count <= rowsMax, "\(lines.count)")
    #expect(lines.allSatisfy { $0.count < 76 })
  }

  @Test func `nothing has no picture`() { #expect(VolumePicture([]).lines().isEmpty) }
}
