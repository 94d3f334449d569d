import Foundation
import Testing

@testable import TrafficSimulator

@Suite struct ZoneTests {
  /// The rules are those of these years; the database of the machine knows them too.
  @Test(arguments: Zone.all)
  func `a zone agrees with the database in every hour of two years`(zone: Zone) throws {
    let known = try #require(TimeZone(identifier: zone.name))
    for second in stride(from: 1_767_225_600, to: 1_830_297_600, by: 1800) {
      let offset = known.secondsFromGMT(for: Date(timeIntervalSince1970: Double(second)))
      #expect(zone.offset(at: second) == offset, "\(zone.name) at \(second)")
    }
  }
}
