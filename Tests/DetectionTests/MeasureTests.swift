import Testing

@testable import AccessLog
@testable import Detection

/// What may stand behind `measure:`.
@Suite struct MeasureTests {
  @Test(arguments: [
    "requests", "errors", "bytes_in", "bytes_out", "latency.p95", "latency.p99.9", "bytes_out.p50",
    "share(status >= 500)", "distinct(client_ip)", "distinct(key)", "distinct(query[\"sku\"])",
  ])
  func `a measure is written as it is read`(text: String) throws {
    #expect(try Measure(parsing: text).text == text)
  }

  @Test(arguments: [
    ("error", 0, "errors"), ("byte_out", 0, "bytes_out"), ("latencys.p95", 0, "latency"),
    ("latency.95", 8, "latency.p95"), ("latency.p0", 8, "latency.p95"),
    ("latency.p100", 8, "latency.p95"), ("latency.p", 8, "latency.p95"),
    ("distinct(client)", 9, "client_ip"), ("share(statu >= 500)", 6, "status"),
  ])
  func `a fault has its place and what may be meant`(
    text: String, offset: Int, suggestion: String
  ) {
    let fault = #expect(throws: Expression.Fault.self) { try Measure(parsing: text) }
    #expect(fault?.offset == offset, "\(text)")
    #expect(fault?.suggestion == suggestion, "\(fault?.message ?? "")")
  }

  @Test(arguments: [
    (800, "800"), (0.5, "0.5"), (0.001, "0.001"), (0.000_01, "0"), (99.9, "99.9"),
    (1_000_000_000_000, "1000000000000"), (12.25, "12.25"),
  ])
  func `a limit can be read where an expression names it`(limit: Double, text: String) throws {
    #expect(Measure.short(limit) == text)
    let measure = try Measure(parsing: "latency.p95")
    #expect(measure.part(above: limit)?.text == "latency_ms > \(text)")
  }
}
