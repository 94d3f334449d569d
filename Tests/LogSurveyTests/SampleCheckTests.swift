import AccessLog
import Testing

@testable import LogSurvey

@Suite struct SampleCheckTests {
  private static func check(_ lines: [String]) throws -> SampleCheck {
    var check = SampleCheck(parser: try SampleLog.parser())
    check.add(Array((lines.joined(separator: "\n") + "\n").utf8), file: "access.log")
    return check
  }

  @Test func `shares, callers and fields with units`() throws {
    let check = try Self.check([
      SampleLog.line(second: 1, user: "shop", id: "r1"), "", "no record",
      SampleLog.line(second: 2, request: "GET /v1/a?token=super-secret HTTP/1.1"),
    ])
    #expect(check.lineCount == 3)
    #expect(check.matchedCount == 2)
    #expect(check.identifiedCount == 1)
    let first = Dictionary(
      uniqueKeysWithValues: try #require(check.records.first).map { ($0.name, $0.value) })
    #expect(first["caller"] == "shop")
    #expect(first["latency"] == "12.000 ms")
    #expect(first["bytes_out"] == "512 bytes")
    #expect(first["route"] == "/v1/orders/{id}")
    #expect(first["request_id"] == "r1")
    #expect(check.records[1].contains { $0.name == "query" && $0.value == "token=***" })
  }

  @Test func `no secret is shown`() throws {
    let check = try Self.check([
      SampleLog.line(second: 1, key: "super-secret"),
      SampleLog.line(second: 1, address: "super-secret"),
      "super-secret is no record",
    ])
    #expect(check.hasSecretIdentity)
    #expect(!"\(check.records) \(check.misses)".contains("super-secret"))
  }

  @Test func `a miss has the line's number and a caret below the place`() throws {
    let good = SampleLog.line(second: 1)
    let bad = good.replacing(#"" 200 512"#, with: #"" OK 512"#)
    let miss = try #require(try Self.check([good, "", bad]).misses.first)
    #expect(miss.line == 3)
    let at = try #require(bad.utf8.firstRange(of: "OK 512".utf8)?.lowerBound)
    #expect(miss.offset == bad.utf8.distance(from: bad.utf8.startIndex, to: at))
    let shown = Array(miss.shape)
    #expect(String(shown[miss.shapeOffset...].prefix(6)) == "aa 999")
  }
}
