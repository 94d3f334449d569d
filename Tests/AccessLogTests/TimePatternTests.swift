import Testing

@testable import AccessLog

struct TimePatternTests {
  private func time(
    _ format: String, _ text: String, zone: Int = 0, near day: Int? = nil
  ) throws -> Int64? {
    let pattern = try TimePattern(format, at: 0)
    var parts = TimeParts()
    let bytes = Array(text.utf8)
    guard parts.read(pattern.parts.span, bytes.span, from: 0) == bytes.count else { return nil }
    return parts.time(zone: .fixed(minutes: zone), referenceDay: day)?.milliseconds
  }

  @Test(arguments: [
    ("%d/%b/%Y:%H:%M:%S %z", "21/Nov/2026:20:51:49 +0100"),
    ("%Y-%m-%dT%H:%M:%S%z", "2026-11-21T19:51:49Z"),
    ("%Y-%m-%dT%H:%M:%S%Ez", "2026-11-21T20:51:49+01:00"),
    ("%F %T", "2026-11-21 19:51:49"), ("%s", "1795290709"),
    ("%a, %d %b %Y %H:%M:%S %Z", "Sat, 21 Nov 2026 19:51:49 GMT"),
    ("%a, %d %b %Y %T %Z %z", "Sat, 21 Nov 2026 20:51:49 CET +0100"),
    ("%A %B %e %I:%M:%S %p %Y", "Saturday November 21 07:51:49 PM 2026"),
    ("%D %r", "11/21/26 07:51:49 PM"), ("%Y %j %H%%%M:%S", "2026 325 19%51:49"),
    ("%c", "Sat Nov 21 19:51:49 2026"),
  ])
  func `what strftime writes is read back`(format: String, text: String) throws {
    #expect(try time(format, text) == 1_795_290_709_000)
  }

  @Test(
    arguments: [
      ("%T.%3f", "19:51:49.400", 400), ("%T.%f", "19:51:49.400999", 400),
      ("%T.%6f", "19:51:49.000123", 0),
    ] as [(String, String, Int64)])
  func `a fraction counts as far as milliseconds`(
    format: String, text: String, milliseconds: Int64
  ) throws {
    #expect(try time("%F " + format, "2026-11-21 " + text) == 1_795_290_709_000 + milliseconds)
  }

  @Test(arguments: [
    // A zone's name is not one zone; read as the source's it would be wrong for half a year.
    ("%F %T %Z", "2026-11-21 20:51:49 CET"), ("%F %T %Z", "2026-11-21 20:51:49 IST"),
    ("%F %T", "2026-13-01 00:00:00"), ("%F %T", "2026-02-29 00:00:00"),
    ("%F %T", "2026-11-21 24:00:00"), ("%F %T", "2026-11-21 19:51"), ("%s", ""), ("%s", "x"),
    ("%s", "99999999999999999"), ("%F %I:%M:%S %p", "2026-11-21 13:00:00 PM"),
    ("%F %T %z", "2026-11-21 19:51:49 0100"), ("%d %b %Y %T", "1 Foo 2026 00:00:00"),
    ("%H:%M:%S", "19:51:49"), ("%y%m%d %T", "690101 00:00:00"),
  ])
  func `what is no time is refused`(format: String, text: String) throws {
    #expect(try time(format, text) == nil)
  }

  @Test
  func `a zone that the text does not have is the source's`() throws {
    #expect(try time("%F %T", "2026-11-21 20:51:49", zone: 60) == 1_795_290_709_000)
  }

  @Test(arguments: [
    ("Nov 21 19:51:49", 20_778, 2026), ("Dec 31 23:59:59", 20_819, 2026),
    ("Jan  1 00:00:00", 20_810, 2027), ("Feb 29 00:00:00", 21_243, 2028),
  ])
  func `a year that nobody wrote is the one that comes nearest`(
    text: String, day: Int, year: Int
  ) throws {
    let found = try #require(try time("%b %e %T", text, near: day))
    let first = try #require(TimeStamps.days(year: year, month: 1, day: 1))
    #expect(found / 86_400_000 >= first && found / 86_400_000 < first + 366)
  }

  @Test(arguments: ["%Q", "%F %", "%U"])
  func `a part that cannot be read back is refused with its place`(format: String) {
    let fault = #expect(throws: FormatFault.self) { try TimePattern(format, at: 10) }
    #expect((fault?.offset ?? 0) >= 10)
  }

  @Test
  func `Apache's own format has the faster reader`() throws {
    #expect(try TimePattern("%d/%b/%Y:%H:%M:%S %z", at: 0).isCLF)
    #expect(try TimePattern("%d/%b/%Y:%T %z", at: 0).isCLF)
    #expect(TimePattern.clf.byteCount == TimeStamps.clfCount)
  }
}
