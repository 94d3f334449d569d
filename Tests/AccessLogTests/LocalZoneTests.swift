import Testing

@testable import AccessLog

struct LocalZoneTests {
  /// Berlin in 2026: summer from 29 March 01:00 UTC to 25 October 01:00 UTC.
  private static let berlin = LocalZone(
    initialOffset: 3600,
    transitions: [(seconds: 1_774_746_000, offset: 7200), (seconds: 1_792_890_000, offset: 3600)])

  @Test(arguments: [
    ("2026-01-15T12:00:00", "2026-01-15T11:00:00Z"),
    ("2026-07-15T12:00:00", "2026-07-15T10:00:00Z"),
    ("2026-11-21T20:51:49", "2026-11-21T19:51:49Z"),
    ("2026-03-29T01:59:59", "2026-03-29T00:59:59Z"),
    // The hour that the wall clock leaves out has the later offset.
    ("2026-03-29T02:30:00", "2026-03-29T00:30:00Z"),
    ("2026-03-29T03:00:00", "2026-03-29T01:00:00Z"),
    ("2026-10-25T01:59:59", "2026-10-24T23:59:59Z"),
    // Of the hour that it shows twice the first counts.
    ("2026-10-25T02:30:00", "2026-10-25T00:30:00Z"),
    ("2026-10-25T03:00:00", "2026-10-25T02:00:00Z"),
  ])
  func `a stamp without a zone has the offset of its day`(stamp: String, utc: String) throws {
    let wallClock = try #require(EventTime(rfc3339: stamp))
    #expect(Self.berlin.instant(ofWallClock: wallClock) == EventTime(rfc3339: utc))
  }

  @Test(arguments: [
    (
      "haproxy", "httplog",
      "192.0.2.7:39759 [15/Jul/2026:12:00:00.000] fe be/s 0/5/1/4/9 200 8 - - ---- 8/8/8/1/0 0/0 \"GET /a HTTP/1.1\""
    ),
    (
      "w3c", "#Fields: date time c-ip cs-method cs-uri-stem sc-status",
      "2026-07-15 12:00:00 192.0.2.7 GET /a 200"
    ),
    ("apache", "%h [%{%Y-%m-%d %H:%M:%S}t] %>s", "192.0.2.7 [2026-07-15 12:00:00] 200"),
  ])
  func `text formats ask the zone of the source`(
    name: String, template: String, line: String
  ) throws {
    let description = FormatDescription(template: template, zone: Self.berlin)
    let batch = try parse(Array(line.utf8), name, description)
    #expect(
      batch.times.map(\.rfc3339) == ["2026-07-15T10:00:00.000Z"], "\(batch.malformed)")
  }

  @Test(arguments: [
    ("2026-07-15T12:00:00", "10:00:00.000"), ("2026-07-15 12:00:00.5", "10:00:00.500"),
    ("7/15/2026 12:00:00 PM", "10:00:00.000"), ("2026-07-15T12:00:00Z", "12:00:00.000"),
    ("2026-07-15T12:00:00.25+0200", "10:00:00.250"), ("2026-07-15T12:00:00-01:00", "13:00:00.000"),
    ("15/Jul/2026:12:00:00 +0000", "12:00:00.000"),
  ])
  func `JSON asks it where the text says no zone`(stamp: String, clock: String) throws {
    let description = FormatDescription(
      fields: [
        FieldMapping(field: "time", paths: ["t"]), FieldMapping(field: "status", paths: ["s"]),
      ], zone: Self.berlin)
    let batch = try parse(Array(#"{"t":"\#(stamp)","s":200}"#.utf8), "json", description)
    #expect(batch.times.map(\.rfc3339) == ["2026-07-15T\(clock)Z"], "\(batch.malformed)")
  }
}
