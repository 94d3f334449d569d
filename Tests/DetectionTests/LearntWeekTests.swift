import Testing

@testable import AccessLog
@testable import Baselines
@testable import Detection

/// The week that is shown of a series is the one that it is judged by.
@Suite struct LearntWeekTests {
  private static let tokyo = ZoneTransitions(
    name: "Asia/Tokyo", initialOffset: 9 * 3600, transitions: [])
  private static let registry = KeyRegistry(
    suppliers: [.init(name: "north", zone: 1)],
    keys: [.init(identities: [.name("k1")], supplier: 0), .init(identities: [.name("k2")])],
    zones: [.utc, tokyo])

  /// Requests of a key that sends from nine to five on weekdays, local time, and little else.
  private func office(_ key: String, hoursEast: Int64, days: Int64) -> [TestRequest] {
    var random = TestRandom(seed: 11)
    var requests: [TestRequest] = []
    for window in 0..<days * 288 {
      let local = window * 300 + hoursEast * 3600
      let (hour, weekday) = (local / 3600 % 24, local / day % 7)
      let isOffice = (9..<17).contains(hour) && weekday < 5
      for _ in 0..<random.poisson(isOffice ? 30 : 2) {
        let second = monday + window * 300 + Int64(random.below(300))
        requests.append(TestRequest(time: second * 1000, key: key))
      }
    }
    return requests.sorted { $0.time < $1.time }
  }

  private func weeks(
    of name: String, _ rules: [Rule], _ requests: [TestRequest], at second: Int64? = nil
  ) -> [LearntWeek] {
    var weeks: [LearntWeek] = []
    let time = second.map { EventTime(seconds: $0) }
    _ = TestBench(rules: rules, registry: Self.registry).run(requests) { engine in
      weeks = engine.learntWeeks(of: [name], at: time)
    }
    return weeks
  }

  @Test func `the week stands in the hours of the supplier, with what comes in them`() throws {
    let shown = weeks(of: "k1", [.volume()], office("k1", hoursEast: 9, days: 22))
    let week = try #require(shown.first)
    #expect(shown.count == 1 && week.entity.contains("k1") && week.zone == "Asia/Tokyo")
    #expect(week.windowSeconds == 300 && week.unit == "requests" && week.hours.count == 168)
    for (index, hour) in week.hours.enumerated() {
      let hour = try #require(hour, "\(index)")
      let isOffice = (9..<17).contains(index % 24) && index < 120
      let usual = isOffice ? 20.0...40 : 0.5...6
      #expect(usual.contains(hour.mean), "hour \(index): \(hour)")
      #expect(hour.low <= hour.mean && hour.mean <= hour.high)
    }
    #expect(week.hours[10]?.knowledge == .week)
    // The log ends on a Tuesday at 00:00 in London, which is nine o'clock in Tokyo.
    #expect(week.hourOfWeek == 24 + 8)
  }

  @Test func `what it takes for an alert now is what the rule is said to want`() throws {
    let requests = office("k1", hoursEast: 9, days: 16)
    let moment = monday + 15 * day + 3 * 3600 + 120
    let rules = [Rule.volume(minutes: [5, 30], more: 10), .volume("drop", .down, minutes: [30])]
    let before = requests.filter { $0.time < moment * 1000 }
    let week = try #require(weeks(of: "k1", rules, before, at: moment).first)
    var bench = TestBench(rules: rules, registry: Self.registry)
    bench.inquiry = Inquiry(names: ["k1"], time: EventTime(seconds: moment))
    let told = try #require(bench.run(before).explanation)
    let rise = try #require(week.judgements.first { $0.rule == "spike" })
    #expect(rise.numbers == told.rules.first { $0.rule == "spike" }?.numbers)
    #expect(rise.numbers.count == 2 && rise.numbers.allSatisfy { $0.opensAt != nil })
    #expect(week.seen == rise.numbers[0].seen && week.time == EventTime(seconds: moment))
    #expect(Set(week.judgements.map(\.rule)) == ["spike", "drop"])
  }

  @Test func `hours that are not known are none, and a first hour knows nothing`() throws {
    let morning = office("k2", hoursEast: 0, days: 2).filter { $0.time < (monday + 1800) * 1000 }
    let young = try #require(weeks(of: "k2", [.volume()], morning).first)
    #expect(young.windowCount == 0 && young.hours.allSatisfy { $0 == nil } && young.zone == "UTC")
    let days = office("k2", hoursEast: 0, days: 2)
    let week = try #require(weeks(of: "k2", [.volume()], days).first)
    #expect(week.hours[24 + 10] != nil && week.windowCount > 500)
    #expect(week.hours.compactMap(\.self).allSatisfy { $0.knowledge < .week })
  }

  @Test func `each measure has a week of its own, and who is not judged has none`() {
    let requests = office("k1", hoursEast: 9, days: 3)
    let orders = RequestFilter(
      matchers: [RequestMatcher(methods: ["POST"], glob: PathGlob("/**"))])
    let rules = [
      Rule.volume(), .volume("half", minutes: [30]), .volume("posts", filter: orders),
      .volume("supplier", per: .supplier),
    ]
    #expect(weeks(of: "k1", rules, requests).count == 1)
    #expect(weeks(of: "north", rules, requests).count == 1)
    #expect(weeks(of: "nobody", rules, requests).isEmpty)
    #expect(weeks(of: "k1", [.tier()], requests).isEmpty)
    #expect(weeks(of: "k1", rules, []).isEmpty)
  }

  @Test func `to be shown changes nothing`() {
    let requests = office("k1", hoursEast: 9, days: 16)
    let bench = TestBench(rules: [.volume(more: 5)], registry: Self.registry)
    let unasked = bench.run(requests)
    let asked = bench.run(requests) { engine in
      for day in 0..<20 {
        _ = engine.learntWeeks(of: ["k1"], at: EventTime(seconds: monday + Int64(day) * 86_400))
      }
    }
    #expect(asked.alerts == unasked.alerts)
  }
}
