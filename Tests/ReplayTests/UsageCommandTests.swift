import Foundation
import Testing

/// What `usage` says of a database that a replay wrote.
@Suite struct UsageCommandTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private static let registry = """
    suppliers:
      north: {contact: ops@north.example}
      south: {contact: "=HYPERLINK(0)"}
    keys:
      - {key: north-1, supplier: north, application: shop}
      - {key: south-1, supplier: south}
    """

  /// With an API, as a registry has one that was written after the replay.
  private static let retired =
    registry + """

      apis:
        orders:
          routes: ["/v*/orders", "/v*/orders/{id}"]
          versions:
            v1: {deprecated: 2026-03-01, sunset: 2026-03-12}
            v2: {deprecated: 2027-01-01}
      """

  /// Lines of a day of March 2026: one every ten minutes from each key, and one server error.
  private static func log(day: Int, version: String = "v1", hours: Range<Int> = 0..<24) -> String {
    var lines = ""
    for hour in hours {
      for minute in stride(from: 0, to: 60, by: 10) {
        let clock = String(format: "%02d/Mar/2026:%02d:%02d:00 +0000", day, hour, minute)
        let status = hour == 3 && minute == 0 ? 503 : minute == 10 ? 429 : 200
        lines += "192.0.2.7 - north-1 [\(clock)] \"GET /\(version)/orders/\(hour * 60 + minute) "
        lines += "HTTP/1.1\" \(status) 1000 \"-\" \"curl\"\n"
        lines +=
          "198.51.100.9 - south-1 [\(clock)] \"GET /v2/orders HTTP/1.1\" 200 500 \"-\" \"x\"\n"
      }
    }
    return lines
  }

  private func replay(_ arguments: String...) throws {
    try folder.write(Self.registry, to: "registry.yaml")
    let outcome = try Tollwatch.run(
      ["replay", "--format", "combined", "--registry", "registry.yaml", "--db", "db.sqlite"]
        + arguments, in: folder.path)
    #expect(outcome.status == 0, "\(outcome.report)")
  }

  private func usage(_ words: String) throws -> Tollwatch.Outcome {
    try Tollwatch.run(
      ["usage", "--db", "db.sqlite"] + words.split(separator: " ").map(String.init),
      in: folder.path)
  }

  private func json(_ words: String) throws -> [[String: Any]] {
    let outcome = try usage(words + " --output json")
    #expect(outcome.status == 0, "\(outcome.report)")
    return try outcome.lines.map {
      try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any] ?? [:]
    }
  }

  private func requests(_ words: String = "") throws -> [Int] {
    try json(words).map { $0["requests"] as? Int ?? -1 }
  }

  // MARK: - counting once

  @Test func `a second replay adds nothing, another day adds, overlap counts once`() throws {
    try folder.write(Self.log(day: 9), to: "a.log")
    try folder.write(Self.log(day: 10), to: "b.log")
    try replay("a.log")
    #expect(try requests() == [144, 144])
    let bytes = try Data(contentsOf: URL(filePath: folder.path + "/db.sqlite"))
    try replay("a.log")
    #expect(try Data(contentsOf: URL(filePath: folder.path + "/db.sqlite")) == bytes)
    try replay("b.log")
    try replay("a.log", "b.log")
    try replay("--from", "2026-03-09T10:30:00Z", "b.log", "a.log")
    #expect(try requests() == [288, 288])
  }

  /// The rotation falls into an hour, and the first of the files is compressed later.
  @Test func `an hour that two files share is the sum of both`() throws {
    let lines = Self.log(day: 9).split(separator: "\n", omittingEmptySubsequences: false)
    let first = lines[..<100].joined(separator: "\n") + "\n"
    try folder.write(first, to: "access.log.1")
    try folder.write(lines[100...].joined(separator: "\n"), to: "access.log")
    try replay("access.log.1")
    try replay("access.log")
    #expect(try requests() == [144, 144])
    try FileManager.default.removeItem(atPath: folder.path + "/access.log.1")
    try folder.write(Shell.gzip(Data(first.utf8)), to: "access.log.2.gz")
    try replay("access.log.2.gz", "access.log")
    #expect(try requests() == [144, 144])
  }

  @Test func `a log that has grown counts once`() throws {
    try folder.write(Self.log(day: 9, hours: 0..<1), to: "access.log")
    try replay("access.log")
    try folder.write(Self.log(day: 9), to: "access.log")
    try replay("access.log")
    #expect(try requests() == [144, 144])
  }

  @Test func `the same lines by a pipe count once`() throws {
    let path = try folder.write(Self.log(day: 9), to: "access.log")
    try replay("access.log")
    let outcome = try Tollwatch.run(
      [
        "replay", "--format", "combined", "--registry", "registry.yaml", "--db", "db.sqlite", "-",
      ], in: folder.path, input: path)
    #expect(outcome.status == 0)
    #expect(try requests() == [144, 144])
  }

  // MARK: - questions

  @Test func `sums by every dimension`() throws {
    try folder.write(Self.log(day: 9), to: "a.log")
    try replay("a.log")
    let rows = try json("--by consumer")
    #expect(rows.map { $0["consumer"] as? String } == ["north-1", "south-1"])
    #expect(rows[0]["application"] as? String == "shop")
    #expect(rows[0]["server_errors"] as? Int == 1 && rows[0]["client_errors"] as? Int == 24)
    #expect(rows[0]["throttled"] as? Int == 24 && rows[0]["bytes_out"] as? Int == 144_000)
    #expect(rows[0]["error_share"] as? Double == 0.174)
    #expect(rows[0]["last_call"] as? String == "2026-03-09T23:50:00.000Z")
    #expect(
      try json("--by route").map { $0["route"] as? String } == ["/v1/orders/{id}", "/v2/orders"])
    #expect(try json("--by version").map { $0["version"] as? String } == ["v1", "v2"])
    #expect(
      try json("--by network").map { $0["network"] as? String }
        == ["192.0.2.0/24", "198.51.100.0/24"])
    #expect(try requests("--from 2026-03-09T12:00:00Z --supplier north") == [72])
    #expect(try requests("--from -6h --by version") == [36, 36])
    #expect(try requests("--limit 1") == [144])
  }

  @Test func `who still calls what is deprecated, by the registry of today`() throws {
    try folder.write(Self.log(day: 9) + Self.log(day: 10, hours: 0..<12), to: "a.log")
    try replay("a.log")
    try folder.write(Self.retired, to: "retired.yaml")
    let rows = try json("--deprecated --registry retired.yaml")
    try #require(rows.count == 1)
    #expect(rows[0]["deprecated"] as? String == "orders v1")
    #expect(rows[0]["consumer"] as? String == "north-1")
    #expect(rows[0]["contact"] as? String == "ops@north.example")
    #expect(rows[0]["requests"] as? Int == 216 && rows[0]["calls_a_day"] as? Double == 144)
    // The database ends on the 10th at noon.
    #expect(rows[0]["sunset"] as? String == "2026-03-12" && rows[0]["days_to_sunset"] as? Int == 1)
    let text = try usage("--deprecated --registry retired.yaml")
    #expect(text.report.contains("orders v2 becomes deprecated on 2027-01-01"))
    let none = try usage("--deprecated --registry retired.yaml --supplier south")
    #expect(none.status == 0 && none.report.contains("nobody called what is deprecated"))
  }

  @Test func `the registry of today says whose a key is, where the replay had none`() throws {
    try folder.write(Self.log(day: 9), to: "a.log")
    let outcome = try Tollwatch.run(
      ["replay", "--format", "combined", "--db", "db.sqlite", "a.log"], in: folder.path)
    #expect(outcome.status == 0, "\(outcome.report)")
    try folder.write(Self.retired, to: "retired.yaml")
    for words in ["", " --supplier north", " --supplier n*h"] {
      let rows = try json("--deprecated --registry retired.yaml" + words)
      #expect(rows.map { $0["supplier"] as? String } == ["north"], "\(words)")
      #expect(rows.first?["contact"] as? String == "ops@north.example")
    }
    let none = try usage("--deprecated --registry retired.yaml --supplier south")
    #expect(none.report.contains("nobody called what is deprecated"), "\(none.text)")
  }

  @Test func `suppliers side by side`() throws {
    try folder.write(Self.log(day: 9), to: "a.log")
    try replay("a.log")
    let rows = try json("--compare north south east")
    #expect(rows.first { $0["measure"] as? String == "requests" }?["north"] as? Int == 144)
    #expect(rows.first { $0["measure"] as? String == "requests_a_day" }?["south"] as? Int == 144)
    #expect(rows.allSatisfy { $0["east"] is NSNull })
  }

  @Test func `csv is harmless to a spreadsheet`() throws {
    let line = #"192.0.2.7 - =1+1,x [09/Mar/2026:00:00:00 +0000] "GET / HTTP/1.1" 200 5 "-" "c""#
    try folder.write(line + "\n", to: "a.log")
    try replay("a.log")
    let csv = try usage("--by consumer --output csv").text
    #expect(csv.contains("\r\n\"'=1+1,x\",,,1,0,0,0,0,,5,2026-03-09T00:00:00.000Z\r\n"), "\(csv)")
  }

  private static let refusals: [(String, Int32, String)] = [
    ("--by suplier", 64, "did you mean 'supplier'"), ("--deprecated", 64, "--registry"),
    ("--deprecated --registry registry.yaml", 78, "calls nothing deprecated"),
    ("--deprecated --registry missing.yaml", 78, "missing.yaml"), ("--compare north", 64, "two"),
    ("--compare a b --by route", 64, "--by chooses"),
    ("--compare a b --deprecated --registry registry.yaml", 64, "two questions"),
    ("--from 2026-03-02 --to 2026-03-01", 64, "after --from"),
    ("--supplier nobody", 0, "the database has usage from 2026-03-09 00:00Z to 2026-03-10 00:00Z"),
  ]

  @Test(arguments: refusals)
  func `what cannot be answered says why`(words: String, status: Int32, reason: String) throws {
    try folder.write(Self.log(day: 9), to: "a.log")
    try replay("a.log")
    let outcome = try usage(words)
    #expect(outcome.status == status, "\(outcome.report)")
    #expect(outcome.report.contains(reason), "\(outcome.report)")
    #expect(outcome.output.isEmpty)
  }
}
