import AccessLog
import Foundation
import Testing

@testable import Detection

@Suite struct RFC3339Tests {
  @Test(arguments: [
    (0, "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
    (1_795_251_900_007, "2026-11-21T09:05:00.007Z"), (951_782_400_000, "2000-02-29T00:00:00.000Z"),
    (4_107_542_399_999, "2100-02-28T23:59:59.999Z"),
    (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
    (253_402_300_799_999, "9999-12-31T23:59:59.999Z"), (Int64.max, "9999-12-31T23:59:59.999Z"),
    (-62_167_219_200_000, "0000-01-01T00:00:00.000Z"), (Int64.min, "0000-01-01T00:00:00.000Z"),
  ])
  func `a time is`(milliseconds: Int64, text: String) {
    #expect(written(milliseconds) == text)
  }

  @Test func `every day of five centuries agrees with the calendar`() {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = TimeZone(identifier: "UTC")!
    for day in stride(from: Int64(-100_000), to: 83_000, by: 7) {
      let date = Date(timeIntervalSince1970: Double(day * 86_400))
      let parts = calendar.dateComponents([.year, .month, .day], from: date)
      let written = written(day * 86_400_000).prefix(10)
      #expect(
        written.split(separator: "-").map { Int($0)! } == [parts.year!, parts.month!, parts.day!])
    }
  }

  private func written(_ milliseconds: Int64) -> String {
    var bytes: [UInt8] = []
    RFC3339.append(EventTime(milliseconds: milliseconds), to: &bytes)
    #expect(bytes.count == RFC3339.byteCount)
    return String(decoding: bytes, as: UTF8.self)
  }
}
