import AccessLog
import Detection

extension Alert {
  static func sample(_ number: Int = 0) -> Alert {
    Alert(
      id: "a\(number)", revision: 2, ruleID: "supplier-traffic-spike", kind: "spike",
      ruleHash: "00", severity: .high, entityType: .supplier, entity: "northwind",
      supplier: "northwind", state: .open, startedAt: EventTime(seconds: 1_795_251_600),
      detectedAt: EventTime(seconds: 1_795_251_900), observed: 1840, unit: "requests per 5 min",
      score: 8.25, sampleSize: 3, isLearning: false,
      reason: "northwind sent 1,840 requests in 5 min",
      evidence: [
        EvidenceLine(
          source: "edge", line: #"192.0.2.7 - - "GET /v1/orders""#, lineHash: "aa",
          segmentIndex: 0, offset: 81920)
      ],
      revisedAt: EventTime(seconds: 1_795_251_959))
  }

  var jsonLine: String {
    var bytes: [UInt8] = []
    writeJSON(into: &bytes)
    return String(decoding: bytes, as: UTF8.self) + "\n"
  }
}
