import Testing

@testable import Baselines

@Suite struct ZoneTransitionsTests {
  static let oslo = ZoneTransitions(
    name: "Europe/Oslo", initialOffset: 3600,
    transitions: [
      (1_774_746_000, 7200),  // 29 March 2026, 01:00 UTC
      (1_792_890_000, 3600),  // 25 October 2026, 01:00 UTC
    ])

  @Test(
    arguments: [
      (Int64.min, 3600), (0, 3600), (1_774_745_999, 3600), (1_774_746_000, 7200),
      (1_792_889_999, 7200), (1_792_890_000, 3600), (Int64.max, 3600),
    ] as [(Int64, Int32)])
  func `an offset holds from its second on`(second: Int64, offset: Int32) {
    #expect(Self.oslo.offset(at: second) == offset)
  }

  @Test func `a zone without transitions has one offset`() {
    #expect(ZoneTransitions.utc.offset(at: 1_700_000_000) == 0)
    let kathmandu = ZoneTransitions(
      name: "Asia/Kathmandu", initialOffset: 20_700, transitions: [])
    #expect(kathmandu.offset(at: -5) == 20_700)
  }
}
