import AccessLog
import Testing

@testable import RuleFiles

@Suite struct TimestampTests {
  @Test(arguments: [
    ("1970-01-01", Int64(0)), ("2026-01-05", 1_767_571_200_000),
    ("2026-01-05T08:30:00Z", 1_767_601_800_000), ("2026-01-05t08:30:00z", 1_767_601_800_000),
    ("2026-01-05 08:30:00+02:00", 1_767_594_600_000),
    ("2026-01-05T08:30:00-0130", 1_767_607_200_000),
    ("2026-01-05T08:30", 1_767_601_800_000), ("2026-01-05T08:30:00.1239Z", 1_767_601_800_123),
    ("2024-02-29", 1_709_164_800_000), ("2000-02-29", 951_782_400_000),
    ("2016-12-31T23:59:60Z", 1_483_228_799_000), ("1969-12-31T23:59:59Z", -1000),
    ("9999-12-31", 253_402_214_400_000),
  ])
  func `a time is milliseconds`(text: String, milliseconds: Int64) {
    #expect(Timestamp.time(text) == EventTime(milliseconds: milliseconds))
  }

  @Test(arguments: [
    "", "2026", "2026-1-5", "2026-02-29", "1900-02-29", "2026-13-01", "2026-00-01", "2026-01-00",
    "2026-01-05T", "2026-01-05T24:00:00Z", "2026-01-05T08:60:00Z", "2026-01-05T08:00:61Z",
    "2026-01-05T08:00:00X", "2026-01-05T08:00:00Zx", "2026-01-05T08:00:00.Z", "٢٠٢٦-٠١-٠٥",
    "2026-01-05T08:00:00+24:00", "tomorrow", "-026-01-05",
  ])
  func `what is no time is refused`(text: String) {
    #expect(Timestamp.time(text) == nil)
  }

  @Test(arguments: [("10:00:03", Int64(36_003_000)), ("00:00", 0), ("23:59:59.5", 86_399_500)])
  func `a time of day is milliseconds after midnight`(text: String, milliseconds: Int64) {
    #expect(Timestamp.timeOfDay(text) == milliseconds)
  }
}
