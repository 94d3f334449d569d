import Testing

@testable import RuleFiles

@Suite struct DurationTextTests {
  @Test(arguments: [
    ("500ms", Int64(500)), ("1s", 1000), ("5m", 300_000), ("2h", 7_200_000), ("1d", 86_400_000),
    ("2w", 1_209_600_000), ("1h30m", 5_400_000), ("0s", 0), ("3653d", 315_619_200_000),
  ])
  func `a duration is milliseconds`(text: String, milliseconds: Int64) {
    #expect(DurationText.milliseconds(text) == milliseconds)
  }

  @Test(arguments: [
    "", "5", "m", "5 m", "5M", "-5m", "1.5h", "5mm", "3654d", "99999999999999999999s",
    "9223372036854775807ms", "٥m", "5m ", "1h30",
  ])
  func `what is no duration is refused`(text: String) {
    #expect(DurationText.milliseconds(text) == nil)
  }
}
