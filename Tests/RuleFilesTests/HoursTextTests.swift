import Baselines
import Detection
import Testing

@testable import RuleFiles

@Suite struct HoursTextTests {
  private static let hour: Int64 = 3_600_000

  @Test(
    arguments: [
      ("Mon-Fri 08:00-18:00", [8..<18, 32..<42, 56..<66, 80..<90, 104..<114]),
      ("Mon 08:00-12:00,13:00-18:00", [8..<12, 13..<18]),
      ("Sat,sun", [120..<168]),
      ("Fri-Mon", [0..<24, 96..<168]),
      ("Sun 22:00-06:00", [0..<6, 166..<168]),
      ("Mon 20:00-24:00 UTC", [20..<24]),
      ("UTC", [0..<168]),
    ] as [(String, [Range<Int64>])])
  func `days and times make hours of the week`(text: String, spans: [Range<Int64>]) throws {
    let hours = try HoursText.hours(text)
    #expect(
      hours.spans == spans.map { $0.lowerBound * Self.hour..<$0.upperBound * Self.hour })
    #expect(hours.text == text && hours.zone == .utc)
  }

  @Test func `a zone is one of the database`() throws {
    #expect(try HoursText.hours("Mon-Fri Europe/Oslo").zone.name == "Europe/Oslo")
    let error = #expect(throws: HoursText.Fault.self) { try HoursText.hours("Mon Europe/Olso") }
    #expect(error?.suggestion == "Europe/Oslo")
  }

  @Test(arguments: [
    "Mon-", "Moo", "08:00", "08:00-08:00", "24:00-25:00", "8-18", "08:00-18:00,", "UTC Europe/Oslo",
  ])
  func `what is neither is a fault`(text: String) {
    #expect(throws: HoursText.Fault.self) { try HoursText.hours(text) }
  }
}
