import Baselines
import Foundation
import Testing

@testable import RuleFiles

@Suite struct ZoneDatabaseTests {
  @Test(arguments: [
    ("Europe/Oslo", Int64(1_767_225_600), Int32(3600)), ("Europe/Oslo", 1_783_000_000, 7200),
    // The second at which summer time begins, and the one before it.
    ("Europe/Berlin", 1_774_745_999, 3600), ("Europe/Berlin", 1_774_746_000, 7200),
    ("Asia/Kolkata", 1_783_000_000, 19_800), ("America/New_York", 1_767_225_600, -18_000),
    ("America/New_York", 4_086_000_000, -14_400), ("UTC", 1_767_225_600, 0),
    ("Asia/Kathmandu", 1_767_225_600, 20_700), ("Asia/Kathmandu", 0, 19_800),
  ])
  func `a zone has its offset at each time`(name: String, seconds: Int64, offset: Int32) throws {
    let zone = try #require(ZoneDatabase.zone(named: name))
    #expect(zone.offset(at: seconds) == offset)
  }

  @Test(arguments: ["Africa/Casablanca", "Australia/Lord_Howe", "Pacific/Apia", "America/Caracas"])
  func `every day's offset is Foundation's`(name: String) throws {
    let zone = try #require(ZoneDatabase.zone(named: name))
    let foundation = try #require(TimeZone(identifier: name))
    for day in stride(from: 0, to: Int64(47_000), by: 3) {
      let seconds = day * 86_400 + 40_000
      let date = Date(timeIntervalSince1970: TimeInterval(seconds))
      let expected = Int32(foundation.secondsFromGMT(for: date))
      guard zone.offset(at: seconds) != expected else { continue }
      Issue.record("\(name) differs on day \(day)")
      return
    }
  }

  @Test(arguments: ["", "Mars/Olympus", "CEST", "Europe", "../etc/passwd", "GMT+1", "a/b/../c"])
  func `what is no zone is refused`(name: String) {
    #expect(ZoneDatabase.zone(named: name) == nil)
    #expect(!ZoneDatabase.exists(name))
  }

  @Test(arguments: [
    ("Europe/Olso", "Europe/Oslo"), ("europe/berlin", "Europe/Berlin"), ("Berlin", "Europe/Berlin"),
  ])
  func `the nearest name is found`(name: String, nearest: String) {
    #expect(ZoneDatabase.nearest(to: name) == nearest)
  }
}
