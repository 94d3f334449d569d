import AccessLog
import Foundation
import Testing

@testable import Detection
@testable import Report

@Suite struct InvestigationPageTests {
  private static let start: Int64 = 1_795_251_600
  private static let hostile = "\u{1B}]0;x\u{7}</style></svg><script>alert(1)</script>\"'\u{202E}"

  private static func alert(_ number: Int, severity: Severity = .high) -> Alert {
    Alert(
      id: "id\(number)", revision: 2, ruleID: "supplier-traffic-spike", kind: "spike",
      ruleHash: "00", severity: severity, entityType: .supplier, entity: "northwind",
      supplier: "northwind", state: .resolved,
      startedAt: EventTime(seconds: start + Int64(number)),
      detectedAt: EventTime(seconds: start + 300), endedAt: EventTime(seconds: start + 900),
      observed: 1840, expectedLow: 210, expectedMid: 300, expectedHigh: 480,
      unit: "requests per 5 min", score: 8.25, sampleSize: 3, isLearning: false,
      reason: "northwind sent 1,840 requests in 5 min",
      evidence: [
        EvidenceLine(
          source: "edge", line: "192.0.2.7 GET /v1/orders", lineHash: "aa", segmentIndex: 0,
          offset: 81920)
      ],
      revisedAt: EventTime(seconds: start + 900))
  }

  private static func investigation(_ alerts: [Alert]) -> Investigation {
    var statistics = EngineStatistics()
    statistics.lineCount = 12
    statistics.recordCount = 10
    statistics.note(start * 1000)
    statistics.note((start + 7200) * 1000)
    statistics.gaps = [
      .init(
        source: "edge", start: EventTime(seconds: start + 60),
        end: EventTime(seconds: start + 120))
    ]
    let summary = EngineSummary(
      statistics: statistics, keyCount: 2, unknownKeyCount: 1, addressCount: 1, supplierCount: 1,
      seriesCount: 3,
      sources: [
        .init(name: "edge", late: 0, implausible: 0, stray: 0, coverage: [])
      ],
      sleepingRules: [.init(id: "over-tier", reason: "no key has a tier")], refusals: [])
    var page = Investigation(
      making: .init(
        command: ["tollwatch", "replay", "--log-format", "$a 'b'"], version: "0.1.0",
        time: EventTime(seconds: start + 99_999)),
      summary: summary)
    page.inputs = [
      .init(
        path: "access.log.gz", source: "edge", byteCount: 123,
        sha256: String(repeating: "ab", count: 32))
    ]
    page.rulesHash = "5ca1ab1e"
    page.registryHash = "0ddba11"
    page.fingerprintKeyID = "2f169fd9"
    page.alerts = alerts
    page.suppliers = [
      .init(
        name: "northwind", timeZone: "Europe/Oslo", contact: "ops@northwind.example",
        tiers: ["bronze"], keyCount: 2, usage: .init(requests: 9, errors: 1, throttled: 2))
    ]
    page.unparsed = [.init(reason: "no time", count: 2, samples: ["access.log.gz:5: aaa 999"])]
    page.rules = ["supplier-traffic-spike": .init(title: "A supplier", why: "A leak.")]
    page.files = ["edge": ["access.log.gz"]]
    var bucket = TrafficTimeline.Bucket()
    bucket.requests = 10
    bucket.throttled = 2
    bucket.errors = 1
    page.timeline.add(bucket, atMilliseconds: start * 1000)
    return page
  }

  @Test(arguments: [
    "1 alert in the access logs", "Europe/Oslo", "ops@northwind.example", "no key has a tier",
    "Gap in edge from 2026-11-21 09:01:00 to 2026-11-21 09:02:00.", "no time: 2", "aaa 999",
    "5ca1ab1e", "0ddba11", "2f169fd9", "tollwatch 0.1.0", "abababab", "81,920", "A leak.",
    "tollwatch replay --log-format &#39;$a &#39;\\&#39;&#39;b&#39;\\&#39;&#39;&#39;",
    "210–480", "All times are UTC.", "2026-11-21 09:00: 10 requests, 2 throttled, 1 error",
  ])
  func `the page tells`(words: String) {
    let html = InvestigationPage(Self.investigation([Self.alert(0)])).html
    #expect(html.contains(words))
  }

  @Test func `every element is closed, and nothing is loaded or run`() throws {
    let html = InvestigationPage(Self.investigation([Self.alert(0), Self.alert(1)])).html
    #expect(unclosed(in: html) == [])
    for word in ["<script", "javascript:", "http://", "https://", "@import", "url(", " on"] {
      let markup = html.replacing(/>[^<]*</, with: "><")
      #expect(!markup.contains(word), "\(word)")
    }
    #expect(html.contains("default-src 'none'"))
  }

  /// Whatever a client or a file name can hold: it stays text.
  @Test func `nothing of a log becomes markup`() {
    var alert = Self.alert(0)
    alert.id = Self.hostile
    alert.kind = Self.hostile
    alert.ruleID = Self.hostile
    alert.entity = Self.hostile
    alert.reason = Self.hostile
    alert.unit = Self.hostile
    alert.tier = Self.hostile
    alert.application = Self.hostile
    alert.evidence[0].line = Self.hostile
    alert.evidence[0].source = Self.hostile
    var page = Self.investigation([alert])
    page.making.command.append(Self.hostile)
    page.inputs[0].path = Self.hostile
    page.suppliers[0].name = Self.hostile
    page.suppliers[0].contact = Self.hostile
    page.unparsed[0].samples = [Self.hostile]
    page.rules[Self.hostile] = .init(title: Self.hostile, why: Self.hostile, runbook: Self.hostile)
    page.summary.sleepingRules = [.init(id: Self.hostile, reason: Self.hostile)]
    page.summary.statistics.gaps[0].source = Self.hostile
    page.files = [Self.hostile: [Self.hostile]]
    let html = InvestigationPage(page).html
    #expect(!html.contains("<script"))
    #expect(unclosed(in: html) == [])
    let controls = html.unicodeScalars.filter {
      ($0.value < 0x20 && $0 != "\n") || $0.value == 0x7F || $0.value == 0x202E
    }
    #expect(controls.isEmpty)
    #expect(html.components(separatedBy: "</style>").count == 2)
  }

  @Test func `two runs differ in what tells of the run alone`() {
    let first = Self.investigation([Self.alert(0)])
    var second = first
    second.making = .init(
      command: ["tollwatch", "replay"], version: "9", time: EventTime(seconds: 0))
    let lines = [first, second].map {
      InvestigationPage($0).html.split(separator: "\n", omittingEmptySubsequences: false)
    }
    #expect(lines[0].count == lines[1].count)
    let differing = zip(lines[0], lines[1]).filter { $0 != $1 }.map { String($0.0) }
    #expect(differing.count == 3)
    #expect(
      differing.allSatisfy {
        $0.contains("<dt>command") || $0.contains("<dt>version")
          || $0.contains("<dt>made at")
      })
  }

  @Test func `of very many alerts the worst are shown, and the rest is counted`() {
    var alerts = (0..<InvestigationPage.alertCountMax + 20).map { Self.alert($0, severity: .low) }
    alerts[7].severity = .critical
    var investigation = Self.investigation(alerts)
    investigation.alertsLeftOut = 3
    let page = InvestigationPage(investigation)
    #expect(page.alerts.count == InvestigationPage.alertCountMax)
    #expect(page.alerts.contains { $0.severity == .critical })
    #expect(page.html.contains("23 more are in what the replay printed"))
  }

  @Test func `spans of coverage without a break between them are one`() {
    var page = Self.investigation([])
    func span(_ start: Int64, _ end: Int64) -> CoverageSpan {
      var minute = CoverageLedger.Minute(number: Self.start / 60 + start)
      minute.parsed = 7
      var span = CoverageSpan(minute)
      span.end = EventTime(seconds: Self.start + end * 60)
      return span
    }
    page.summary.sources[0].coverage = [span(0, 10), span(10, 20), span(30, 40)]
    let html = InvestigationPage(page).html
    #expect(html.contains(">2026-11-21 09:00</td><td class=\"time\">2026-11-21 09:20</td>"))
    #expect(html.contains(">14</td>"))
    #expect(html.contains(">2026-11-21 09:30</td>"))
    #expect(!html.contains(">2026-11-21 09:10</td>"))
  }

  @Test func `a picture shows its counts in their band`() {
    var alert = Self.alert(0)
    alert.picture = AlertPicture(
      windows: [.init(count: 4, low: 1, high: 10), .init(count: 40, low: 1, high: 10)],
      windowMilliseconds: 300_000, startedAt: EventTime(seconds: Self.start), judgedCount: 1)
    let html = InvestigationPage(Self.investigation([alert])).html
    #expect(html.contains("2026-11-21 09:05:00: 40; usual 1 to 10"))
    #expect(html.components(separatedBy: "class=\"unusual\"").count == 2)
    #expect(html.components(separatedBy: "class=\"band\"").count == 3)
  }

  @Test(arguments: [(1, "No rule could judge yet"), (3, "for the 2 rules that could judge")])
  func `no alerts is told with who could have raised one`(ruleCount: Int, words: String) {
    var investigation = Self.investigation([])
    investigation.ruleCount = ruleCount
    let html = InvestigationPage(investigation).html
    #expect(html.contains(words))
    #expect(html.contains("no key has a tier"))
    #expect(!html.contains("Nothing was out of the usual."))
  }

  @Test func `a log without a record makes a page too`() {
    let summary = EngineSummary(
      statistics: EngineStatistics(), keyCount: 0, unknownKeyCount: 0, addressCount: 0,
      supplierCount: 0, seriesCount: 0, sources: [], sleepingRules: [], refusals: [])
    let page = InvestigationPage(
      Investigation(
        making: .init(command: [], version: "", time: EventTime(seconds: 0)), summary: summary))
    #expect(page.html.contains("No alerts in the access logs"))
    #expect(page.html.contains("No record was read"))
    #expect(unclosed(in: page.html) == [])
  }

  /// Elements that are opened and not closed, or the other way round.
  private func unclosed(in html: String) -> [String] {
    var open: [String] = []
    for match in html.matches(of: /<(\/?)([a-z][a-z0-9]*)[^>]*>/) {
      let name = String(match.2)
      if ["meta"].contains(name) { continue }
      if match.1.isEmpty {
        open.append(name)
      } else if open.popLast() != name {
        return ["</\(name)>"]
      }
    }
    return open
  }
}
