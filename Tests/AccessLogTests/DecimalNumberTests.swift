import Testing

@testable import AccessLog

struct DecimalNumberTests {
  @Test(
    arguments: [
      ("0.058", 6, 58_000), ("0.0000005", 6, 1), ("0.00000049", 6, 0), ("12", 6, 12_000_000),
      ("357313", -3, 357), ("1e3", 0, 1000), ("5.8E-2", 6, 58_000), ("007", 0, 7),
      ("1200.0000476837", 3, 1_200_000), ("0.000", 6, 0), ("1.", 0, 1), (".5", 3, 500),
      ("1795290709400000000", -6, 1_795_290_709_400), ("99999999999999999999", 0, nil),
      ("1e99", 0, nil),
      ("0e9999", 0, 0), ("1e-9999", 0, 0), ("1e99999", 0, nil), ("-1", 0, nil), ("", 0, nil),
      ("1,5", 0, nil), ("0x10", 0, nil), ("NaN", 0, nil), ("1e", 0, nil), ("e5", 0, nil),
    ] as [(String, Int, Int64?)])
  func `a decimal number is scaled exactly`(text: String, decimals: Int, value: Int64?) {
    let bytes = Array(text.utf8)
    #expect(DecimalNumber.scaled(bytes.span, by: decimals) == value)
  }

  @Test
  func `every number of microseconds survives as seconds`() {
    for value in [1, 9, 10, 999_999, 1_000_001, 57_999, 58_000] as [Int64] {
      let fraction = String(value % 1_000_000 + 1_000_000).dropFirst()
      let bytes = Array("\(value / 1_000_000).\(fraction)".utf8)
      #expect(DecimalNumber.scaled(bytes.span, by: 6) == value)
    }
  }
}
