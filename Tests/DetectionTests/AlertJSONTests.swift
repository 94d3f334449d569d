import AccessLog
import Foundation
import Testing

@testable import Detection

@Suite struct AlertJSONTests {
  @Test func `a full alert is this line`() {
    var alert = Alert.sample
    alert.evidence[1].isUnverified = true
    #expect(
      alert.json == """
        {"id":"5f0c","revision":2,"rule_id":"supplier-traffic-spike","kind":"spike",\
        "severity":"high","entity_type":"supplier","entity":"northwind","supplier":"northwind",\
        "tier":"bronze","state":"resolved","started_at":"2026-11-21T09:00:00.000Z",\
        "detected_at":"2026-11-21T09:05:00.000Z","ended_at":"2026-11-21T09:30:00.000Z",\
        "observed":1840,"expected_low":170.5,"expected_mid":210,"expected_high":250.125,\
        "unit":"requests per 5 min","score":8.25,"reason":"northwind sent 1,840 requests",\
        "rule_hash":"0011223344556677","sample_size":3,"learning":false,\
        "application":"web-shop","revised_at":"2026-11-21T09:30:00.000Z",\
        "evidence":[{"source":"edge","line":"GET /v1/orders","line_hash":"aa"},\
        {"source":"edge","line":"GET /v1/quotes","line_hash":"bb","unverified":true}]}
        """)
  }

  @Test func `what is absent is null`() {
    var alert = Alert.sample
    alert.supplier = nil
    alert.tier = nil
    alert.application = nil
    alert.endedAt = nil
    alert.expectedLow = nil
    alert.expectedMid = nil
    alert.expectedHigh = nil
    alert.evidence = []
    alert.isLearning = true
    #expect(
      alert.json == """
        {"id":"5f0c","revision":2,"rule_id":"supplier-traffic-spike","kind":"spike",\
        "severity":"high","entity_type":"supplier","entity":"northwind","supplier":null,\
        "tier":null,"state":"resolved","started_at":"2026-11-21T09:00:00.000Z",\
        "detected_at":"2026-11-21T09:05:00.000Z","ended_at":null,\
        "observed":1840,"expected_low":null,"expected_mid":null,"expected_high":null,\
        "unit":"requests per 5 min","score":8.25,"reason":"northwind sent 1,840 requests",\
        "rule_hash":"0011223344556677","sample_size":3,"learning":true,\
        "application":null,"revised_at":"2026-11-21T09:30:00.000Z","evidence":[]}
        """)
  }

  @Test func `it is appended to what the caller has`() {
    var bytes = Array("before\n".utf8)
    Alert.sample.writeJSON(into: &bytes)
    #expect(String(decoding: bytes, as: UTF8.self) == "before\n" + Alert.sample.json)
  }

  @Test func `where a line lies on disk changes nothing`() {
    var moved = Alert.sample
    moved.evidence[0].segmentIndex += 1
    moved.evidence[0].offset += 1
    #expect(moved.json == Alert.sample.json)
  }

  @Test(arguments: UInt64(1)...40)
  func `any text can be read back`(seed: UInt64) throws {
    var generator = HostileText(seed: seed)
    var alert = Alert.sample
    alert.entity = generator.text()
    alert.supplier = generator.text()
    alert.reason = generator.text()
    alert.evidence[0].line = generator.text()
    let bytes = Array(alert.json.utf8)
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any], "seed \(seed)")
    let evidence = try #require(object["evidence"] as? [[String: Any]])
    // Compared byte for byte: `==` of strings would let another normal form pass.
    #expect(utf8(object["entity"]) == Array(alert.entity.utf8), "seed \(seed)")
    #expect(utf8(object["supplier"]) == Array(alert.supplier!.utf8), "seed \(seed)")
    #expect(utf8(object["reason"]) == Array(alert.reason.utf8), "seed \(seed)")
    #expect(utf8(evidence[0]["line"]) == Array(alert.evidence[0].line.utf8), "seed \(seed)")
    #expect(object.count == 26)
    #expect(!bytes.contains { $0 < 0x20 || $0 == 0x7F }, "seed \(seed)")
  }

  private func utf8(_ value: Any?) -> [UInt8]? { (value as? String).map { Array($0.utf8) } }
}

extension Alert {
  fileprivate var json: String {
    var bytes: [UInt8] = []
    writeJSON(into: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  fileprivate static let sample = Alert(
    id: "5f0c", revision: 2, ruleID: "supplier-traffic-spike", kind: "spike",
    ruleHash: "0011223344556677", severity: .high, entityType: .supplier, entity: "northwind",
    supplier: "northwind", tier: "bronze", application: "web-shop", state: .resolved,
    startedAt: EventTime(seconds: 1_795_251_600), detectedAt: EventTime(seconds: 1_795_251_900),
    endedAt: EventTime(seconds: 1_795_253_400), observed: 1840, expectedLow: 170.5,
    expectedMid: 210, expectedHigh: 250.125, unit: "requests per 5 min", score: 8.25,
    sampleSize: 3, isLearning: false, reason: "northwind sent 1,840 requests",
    evidence: [
      EvidenceLine(
        source: "edge", line: "GET /v1/orders", lineHash: "aa", segmentIndex: 0, offset: 7),
      EvidenceLine(
        source: "edge", line: "GET /v1/quotes", lineHash: "bb", segmentIndex: 1, offset: 99),
    ],
    revisedAt: EventTime(seconds: 1_795_253_400))
}

/// Texts of the characters that break naive writers.
private struct HostileText {
  private var state: UInt64

  init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 }

  mutating func text() -> String {
    var scalars = String.UnicodeScalarView()
    for _ in 0..<Int(next() % 60) {
      guard let scalar = Unicode.Scalar(scalarValue()) else { continue }
      scalars.append(scalar)
    }
    return String(scalars)
  }

  private mutating func scalarValue() -> UInt32 {
    switch next() % 6 {
    case 0: UInt32(next() % 0x20)
    case 1: UInt32(0x7E + next() % 0x24)
    case 2:
      [0x22, 0x5C, 0x2F, 0x61C, 0x200E, 0x2028, 0x2029, 0x202E, 0x2066, 0xFFFF][
        Int(next() % 10)]
    case 3: UInt32(next() % 0x11_0000)
    case 4: UInt32(0x2000 + next() % 0x80)
    default: UInt32(0x20 + next() % 0x5F)
    }
  }

  private mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state >> 33
  }
}
