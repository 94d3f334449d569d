import Testing

@testable import AccessLog

struct TraefikLogFormatTests {
  @Test
  func `a template is refused, because there is none`() {
    #expect(throws: FormatFault.self) {
      try TraefikLogFormat.reader(for: FormatDescription(template: "%h"))
    }
  }

  @Test
  func `what a user or a target has in it never gives a wrong record`() throws {
    let seed = UInt64.random(in: 0 ..< .max)
    var generator = SeededGenerator(seed: seed)
    let pieces = [
      "\"", "a", "[21/Nov/2026:19:51:49 +0000]", "] \"", " [", " ", "\" 200 5 ", "\\", "-",
    ]
    func hostile() -> String {
      (0..<Int.random(in: 1...5, using: &generator)).map { _ in
        pieces.randomElement(using: &generator)!
      }.joined()
    }
    let parser = try blockParser("traefik")
    var batch = RecordBatch(hash: testHash)
    for _ in 0..<1000 {
      let (user, target) = (hostile(), "/" + hostile().replacing(" ", with: ""))
      let agent = hostile().replacing("\\", with: "")
      let line = """
        192.0.2.7 - \(user) [22/Nov/2026:19:51:49 +0000] "GET \(target) HTTP/1.1" 503 12 "-" \
        "\(agent.replacing("\"", with: "\\\""))" 5 "r@docker" "http://172.17.0.3:80" 42ms
        """
      parser.parse(Array(line.utf8), into: &batch)
      try #require(batch.count + batch.malformed.count == 1)
      guard batch.count == 1 else { continue }
      let record = batch.plain(0)
      #expect(record.time == 1_795_377_109_000, "seed \(seed): \(line)")
      #expect(record.status == 503 && record.latency == 42_000, "seed \(seed): \(line)")
      #expect(record.path == target, "seed \(seed): \(line)")
      if agent != "-", !agent.isEmpty {
        #expect(record.userAgent == agent, "seed \(seed): \(line)")
      }
    }
  }
}
