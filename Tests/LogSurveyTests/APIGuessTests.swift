import Testing

@testable import LogSurvey

@Suite struct APIGuessTests {
  @Test func `versions and prefixes are no APIs`() {
    let guesses = APIGuess.guesses(from: [
      TextCount(text: "/v1/orders/{id}", count: 50), TextCount(text: "/v2/orders/{id}", count: 40),
      TextCount(text: "/api/v1/quotes", count: 30), TextCount(text: "/", count: 9),
      TextCount(text: "/favicon.ico", count: 9), TextCount(text: "/{id}", count: 9),
      TextCount(text: "/a*b", count: 9),
    ])
    #expect(guesses.map(\.name) == ["orders", "quotes"])
    #expect(guesses.map(\.requestCount) == [90, 30])
    #expect(guesses.map(\.routes) == [["/v*/orders/{id}"], ["/api/v*/quotes"]])
  }

  @Test func `probes do not make APIs, and there are not many`() {
    let probes = (0..<1000).map { TextCount(text: "/probe\($0)", count: 1) }
    let guesses = APIGuess.guesses(from: [TextCount(text: "/orders", count: 10_000)] + probes)
    #expect(guesses.map(\.name) == ["orders"])
    let many = APIGuess.guesses(from: (0..<100).map { TextCount(text: "/api\($0)", count: 5) })
    #expect(many.count == APIGuess.apiCountMax)
  }
}
