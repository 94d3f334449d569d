import Detection
import Testing

@testable import Sinks

@Suite struct AlertTextTests {
  @Test func `a block is this`() {
    #expect(
      text(.sample()) == """
        2026-11-21 09:05Z  HIGH  spike  supplier northwind  OPEN
          northwind sent 1,840 requests in 5 min
          rule supplier-traffic-spike, revision 2, score 8.25
          edge  192.0.2.7 - - "GET /v1/orders"


        """)
  }

  @Test func `a place is shown where it is known, and what is in doubt is said`() {
    var alert = Alert.sample()
    alert.isLearning = true
    alert.state = .resolved
    alert.entityType = .global
    alert.evidence[0].isUnverified = true
    #expect(
      text(alert, AlertText(file: { _ in "access.log.1.gz" })) == """
        2026-11-21 09:05Z  HIGH  spike  global  RESOLVED
          northwind sent 1,840 requests in 5 min
          rule supplier-traffic-spike, revision 2, score 8.25, still learning
          edge access.log.1.gz:81920 (unverified)  192.0.2.7 - - "GET /v1/orders"


        """)
  }

  @Test func `a picture is shown while the alert is open`() {
    var alert = Alert.sample()
    alert.picture = AlertPicture(
      windows: [.init(count: 1, low: 0, high: 2), .init(count: 8, low: 0, high: 2)],
      windowMilliseconds: 300_000, startedAt: alert.startedAt, judgedCount: 1)
    #expect(text(alert).contains("in 5 min\n  ▁█  5 min a bar from"))
    #expect(text(alert, AlertText(columns: { 10 })).contains("\n  ▁█  5 m…\n  ▂▂  usu…\n"))
    alert.state = .resolved
    #expect(!text(alert).contains("█"))
  }

  @Test(arguments: Severity.allCases)
  func `colour is around the severity alone`(severity: Severity) {
    var alert = Alert.sample()
    alert.severity = severity
    let colored = text(alert, AlertText(isColored: true))
    #expect(colored.split(separator: "\u{1B}").count == 3)
    #expect(colored.contains("m\(severity.rawValue.uppercased())\u{1B}[0m  spike"))
    #expect(!text(alert).contains("\u{1B}"))
  }

  @Test(arguments: [
    "\u{1B}[2J", "\u{9B}31m", "\n", "\r", "\u{202E}", "\u{2066}", "\u{2028}", "\u{7F}", "\0", "\t",
  ])
  func `no field of an alert reaches the terminal as a command`(hazard: String) {
    var alert = Alert.sample()
    alert.kind = hazard
    alert.entity = hazard
    alert.ruleID = hazard
    alert.reason = hazard
    alert.evidence[0].source = hazard
    alert.evidence[0].line = hazard
    let block = text(alert, AlertText(file: { _ in hazard }))
    #expect(block.split(separator: "\n", omittingEmptySubsequences: false).count == 6)
    // Of the hazards all but a line end, which ends our own lines too, must be gone.
    let left = block.unicodeScalars.filter { $0 != "\n" && $0 == hazard.unicodeScalars.first }
    #expect(left.isEmpty)
  }

  private func text(_ alert: Alert, _ form: AlertText = AlertText()) -> String {
    var bytes: [UInt8] = []
    form.write(alert, into: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }
}
