import Testing

@testable import AccessLog

struct TimeStampsTests {
  @Test(arguments: [
    ("18/Jul/2025:14:14:47 -0400", 1_752_862_487),
    ("01/Jan/1970:00:00:00 +0000", 0),
    ("29/Feb/2024:23:59:59 +0530", 1_709_231_399),
    ("31/Dec/9999:23:59:59 +0000", 253_402_300_799),
    ("30/Jun/2015:23:59:60 +0000", 1_435_708_800),
    ("29/Feb/2000:00:00:00 +0000", 951_782_400),
  ])
  func `a common log time is read`(text: String, seconds: Int64) {
    let bytes = Array(text.utf8)
    #expect(TimeStamps.clf(bytes.span, at: 0) == EventTime(seconds: seconds))
    var cache = ClockCache()
    for _ in 0..<2 {
      #expect(cache.clf(bytes.span, 0..<bytes.count) == EventTime(seconds: seconds))
    }
  }

  @Test(arguments: [
    "30/Feb/2024:00:00:00 +0000", "29/Feb/2023:00:00:00 +0000", "29/Feb/2100:00:00:00 +0000",
    "31/Apr/2024:00:00:00 +0000", "00/Jan/2024:00:00:00 +0000", "01/jan/2024:00:00:00 +0000",
    "01/Jan/2024:24:00:00 +0000", "01/Jan/2024:00:60:00 +0000", "01/Jan/2024:00:00:61 +0000",
    "01/Jan/2024:00:00:00 +2400", "01/Jan/2024:00:00:00 +0060", "01/Jan/2024:00:00:00  0000",
    "01/Jan/1969:00:00:00 +0000", "01/Jan/1970:00:00:00 +0100", "31/Dec/9999:23:59:59 -0100",
    "01-Jan/2024:00:00:00 +0000", "01/Jan/2024 00:00:00 +0000", "aa/Jan/2024:00:00:00 +0000",
    "01/Jan/2024:00:00:00 +0000x",
  ])
  func `what is no time is refused`(text: String) {
    let bytes = Array(text.utf8)
    var cache = ClockCache()
    let warm = Array("01/Jan/2024:00:00:00 +0000".utf8)
    _ = cache.clf(warm.span, 0..<warm.count)
    #expect(cache.clf(bytes.span, 0..<bytes.count) == nil)
  }

  @Test
  func `the remembered day never changes what is read`() {
    var cache = ClockCache()
    let seed = UInt64.random(in: 0 ..< .max)
    var generator = SeededGenerator(seed: seed)
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov"]
    for _ in 0..<5000 {
      let parts = [
        pad(Int.random(in: 0...32, using: &generator)), months.randomElement(using: &generator)!,
        pad(Int.random(in: 1969...1972, using: &generator)),
      ].joined(separator: "/")
      let clock = (0..<3).map { _ in pad(Int.random(in: 0...61, using: &generator)) }
      let zone = ["+0000", "-0400", "+1400"].randomElement(using: &generator)!
      let bytes = Array("\(parts):\(clock.joined(separator: ":")) \(zone)".utf8)
      #expect(
        cache.clf(bytes.span, 0..<bytes.count) == TimeStamps.clf(bytes.span, at: 0),
        "seed \(seed)")
    }
  }

  private func pad(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

  @Test(arguments: [
    ("2026-11-21T19:51:49.000Z", 1_795_290_709_000),
    ("2026-11-21T19:51:49Z", 1_795_290_709_000),
    ("2026-11-21t20:51:49.5+01:00", 1_795_290_709_500),
    ("2026-11-21 20:51:49,123456789+0100", 1_795_290_709_123),
    ("2026-11-21T19:51", 1_795_290_660_000),
    ("2026-11-21", 1_795_219_200_000),
  ])
  func `an RFC 3339 time is read`(text: String, milliseconds: Int64) {
    #expect(EventTime(rfc3339: text)?.milliseconds == milliseconds)
  }

  @Test(arguments: [
    "", "2026", "2026-11", "2026-13-01", "2026-02-29", "2026-11-21T", "2026-11-21T19",
    "2026-11-21T25:00", "2026-11-21T19:51:49.Z", "2026-11-21T19:51:49.1+1", "1969-12-31",
    "2026-11-21T19:51:49+01-00", "2026-11-21x19:51:49", "é026-11-21", "2026-11-21T19:5é",
  ])
  func `what is near RFC 3339 is refused`(text: String) {
    #expect(EventTime(rfc3339: text) == nil)
  }

  @Test
  func `a zone that the writer leaves out comes from the source`() {
    let bytes = Array("2026-11-21T20:51:49".utf8)
    let time = TimeStamps.rfc3339(bytes.span).flatMap(
      LocalZone.fixed(minutes: 60).instant(ofWallClock:))
    #expect(time == EventTime(seconds: 1_795_290_709))
    let lacksZone = TimeStamps.lacksZone(bytes.span)
    #expect(lacksZone)
  }

  @Test(
    arguments: [
      ("1795290709.400", 3, 1_795_290_709_400), ("1795290709", 3, 1_795_290_709_000),
      ("1.693840791756499e9", 3, 1_693_840_791_756), ("1718291190508", 0, 1_718_291_190_508),
      ("253402300800", 3, nil), ("-5", 3, nil), ("1e400", 3, nil), ("", 3, nil), (".", 3, nil),
    ] as [(String, Int, Int64?)])
  func `an epoch time is read`(text: String, decimals: Int, milliseconds: Int64?) {
    let bytes = Array(text.utf8)
    let time = TimeStamps.epoch(bytes.span, decimalsToMilliseconds: decimals)
    #expect(time?.milliseconds == milliseconds)
  }
}

struct EventTimeTextTests {
  @Test(arguments: [
    (0, "1970-01-01T00:00:00.000Z"), (1_795_290_709_007, "2026-11-21T19:51:49.007Z"),
    (-1, "1969-12-31T23:59:59.999Z"), (951_782_400_000, "2000-02-29T00:00:00.000Z"),
    (Int64.max, "9999-12-31T23:59:59.999Z"), (Int64.min, "0001-01-01T00:00:00.000Z"),
  ])
  func `a time is written with three digits of milliseconds`(milliseconds: Int64, text: String) {
    #expect(EventTime(milliseconds: milliseconds).rfc3339 == text)
  }

  @Test
  func `what is written is read again`() {
    let seed = UInt64.random(in: 0 ..< .max)
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<2000 {
      let range: ClosedRange<Int64> = 0...TimeStamps.maximum.milliseconds
      let time = EventTime(milliseconds: Int64.random(in: range, using: &generator))
      #expect(EventTime(rfc3339: time.rfc3339) == time, "seed \(seed)")
    }
  }
}
