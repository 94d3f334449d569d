import Testing

@testable import Terminal

@Suite struct QuantityTests {
  @Test(arguments: [
    (0, "0"), (999, "999"), (1000, "1,000"), (-1_234_567, "-1,234,567"),
    (Int.min, "-9,223,372,036,854,775,808"),
  ])
  func `a count is written`(value: Int, text: String) {
    #expect(Quantity.count(value) == text)
  }

  @Test(arguments: [(0, "0 keys"), (1, "1 key"), (2, "2 keys"), (1000, "1,000 keys")])
  func `a noun follows its number`(value: Int, text: String) {
    #expect(Quantity.count(value, "key") == text)
  }

  @Test func `a plural may be its own`() {
    #expect(Quantity.count(1, "address", plural: "addresses") == "1 address")
    #expect(Quantity.count(3, "address", plural: "addresses") == "3 addresses")
  }

  @Test(arguments: [
    (0 as Int64, "0 bytes"), (1, "1 byte"), (999, "999 bytes"), (1000, "1.0 kB"),
    (99_949, "99.9 kB"), (99_950, "100 kB"), (999_499, "999 kB"), (999_500, "1.0 MB"),
    (1_180_926_903, "1.2 GB"), (1_500_000_000, "1.5 GB"), (Int64.max, "9223 PB"),
  ])
  func `bytes are written`(value: Int64, text: String) {
    #expect(Quantity.bytes(value) == text)
  }

  @Test(arguments: [
    (0 as Int64, "0 s"), (59, "59 s"), (60, "1 min"), (65, "1 min 5 s"), (3600, "1 h"),
    (12_000, "3 h 20 min"), (86_400, "1 day"), (187_200, "2 days 4 h"),
  ])
  func `a duration is written`(seconds: Int64, text: String) {
    #expect(Quantity.duration(seconds: seconds) == text)
  }

  @Test(arguments: [(0, 0, "100 %"), (1, 3, "33.3 %"), (9_999, 10_000, "99.9 %"), (5, 5, "100 %")])
  func `a share is rounded down`(part: Int, whole: Int, text: String) {
    #expect(Quantity.share(part, of: whole) == text)
  }
}
