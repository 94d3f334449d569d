import Foundation
import Testing

/// The page that `replay --report` writes.
@Suite struct ReplayReportTests {
  private static let fixture = Fixture.threeQuestions
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// One replay for all tests that only look at its page.
  private static let shared = Result {
    let folder = try TemporaryFolder()
    let outcome = try fixture.replay("--report", folder.path + "/page.html")
    let html = try String(contentsOfFile: folder.path + "/page.html", encoding: .utf8)
    return (html: html, outcome: outcome, names: folder.files.count)
  }

  @Test func `the alerts are the same as without it, and all of them are on the page`() throws {
    let (html, outcome, names) = try Self.shared.get()
    #expect(outcome.status == 0, "\(outcome.report)")
    #expect(outcome.output == (try Self.fixture.replay().output))
    #expect(names == 1)
    for line in outcome.lines {
      #expect(html.contains("id=\"alert-\(line.dropFirst(7).prefix(32))\""))
    }
  }

  @Test func `the hash of each file is that of others' tools`() throws {
    let (html, _, _) = try Self.shared.get()
    let path = Self.fixture.path + "/access.log.gz"
    let told = String(decoding: try Shell.run(["sha256sum", path]), as: UTF8.self)
    #expect(html.contains(told.prefix(64)))
  }

  @Test func `a page is the same again but for what tells of the run`() throws {
    let (html, _, _) = try Self.shared.get()
    let page = folder.path + "/again.html"
    #expect(try Self.fixture.replay("--threads", "1", "--report", page).status == 0)
    let again = try String(contentsOfFile: page, encoding: .utf8)
    let lines = [html, again].map { $0.split(separator: "\n", omittingEmptySubsequences: false) }
    #expect(lines[0].count == lines[1].count)
    for (first, second) in zip(lines[0], lines[1]) where first != second {
      #expect(first.hasPrefix("<dt>command") || first.hasPrefix("<dt>made at"), "\(first)")
    }
  }

  @Test func `standard input is hashed while it is read`() throws {
    let log = #"10.0.0.1 - - [02/Mar/2026:00:00:00 +0000] "GET / HTTP/1.1" 200 5 "-" "curl""# + "\n"
    let input = try folder.write(log, to: "log")
    let outcome = try Tollwatch.run(
      ["replay", "--report", "page.html", "-"], in: folder.path, input: input)
    #expect(outcome.status == 0, "\(outcome.report)")
    let html = try String(contentsOfFile: folder.path + "/page.html", encoding: .utf8)
    let told = String(decoding: try Shell.run(["sha256sum", input]), as: UTF8.self)
    #expect(html.contains(told.prefix(64)))
    #expect(html.contains("No alerts in the access logs"))
  }

  /// Damage sends the reader back and forth through the file; the hash is of the file.
  @Test func `a damaged file has the hash of all its bytes`() throws {
    let fixture = Fixture(name: "corrupt-member")
    let page = folder.path + "/page.html"
    #expect(try fixture.replay("--report", page).status == 0)
    let html = try String(contentsOfFile: page, encoding: .utf8)
    let path = fixture.path + "/access.log.gz"
    let told = String(decoding: try Shell.run(["sha256sum", path]), as: UTF8.self)
    #expect(html.contains(told.prefix(64)))
  }

  @Test func `a client's text is escaped, and an unparsed line is a shape`() throws {
    let agent = #"<script>alert('x')</script>"#
    let lines = (0..<20).map {
      #"10.0.0.1 - - [02/Mar/2026:00:00:\#(10 + $0) +0000] "GET / HTTP/1.1" 200 5 "-" "\#(agent)""#
    }
    let log = lines.joined(separator: "\n") + "\n<script>secret-token-123</script>\n"
    try folder.write(log, to: "<b>.log")
    let outcome = try Tollwatch.run(
      ["replay", "--report", "page.html", "<b>.log"], in: folder.path)
    #expect(outcome.status == 0, "\(outcome.report)")
    let html = try String(contentsOfFile: folder.path + "/page.html", encoding: .utf8)
    #expect(!html.contains("<script") && !html.contains("<b>"))
    #expect(html.contains("&lt;b&gt;.log"))
    #expect(!html.contains("secret-token-123"))
  }

  @Test(arguments: ["missing/page.html", ".", "/dev/null"])
  func `a page that cannot be written is told before anything is read`(path: String) throws {
    let log = try folder.write("x\n", to: "access.log")
    let outcome = try Tollwatch.run(["replay", "--report", path, log], in: folder.path)
    #expect(outcome.status == 74)
    #expect(outcome.report.hasPrefix("\(path): "), "\(outcome.report)")
  }

  @Test func `a replay that fails leaves the page of before`() throws {
    try folder.write("old", to: "page.html")
    let outcome = try Tollwatch.run(
      ["replay", "--report", "page.html", "missing.log"], in: folder.path)
    #expect(outcome.status == 66)
    #expect(try String(contentsOfFile: folder.path + "/page.html", encoding: .utf8) == "old")
    #expect(folder.files.count == 1)
  }
}
