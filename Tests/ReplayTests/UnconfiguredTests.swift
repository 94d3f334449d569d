import Foundation
import Testing

/// A replay with nothing configured: what it takes for a log, and what it says to type next.
@Suite struct UnconfiguredTests {
  private let folder: TemporaryFolder

  private static func lines(_ count: Int, hour: Int) -> String {
    (0..<count).map {
      #"10.0.0.\#($0 % 9) - - [02/Mar/2026:0\#(hour):00:0\#($0 % 10) +0000] "GET / HTTP/1.1" "#
        + #"200 5 "-" "curl""#
    }.joined(separator: "\n") + "\n"
  }

  init() throws { folder = try TemporaryFolder() }

  @Test func `a folder of several sites is read as several logs`() throws {
    try folder.write(Self.lines(30, hour: 1), to: "logs/shop.access.log.1")
    try folder.write(Self.lines(30, hour: 2), to: "logs/shop.access.log")
    try folder.write(Self.lines(30, hour: 1), to: "logs/blog.access.log")
    try folder.write("2026/03/02 [error] oops\nmore of it\n", to: "logs/error.log")
    let outcome = try Tollwatch.run(["replay", "logs"], in: folder.path)
    #expect(outcome.status == 0, "\(outcome.report)")
    #expect(outcome.report.contains("90 lines: 90 parsed (100 %), 0 unparsed, 0 late"))
    #expect(outcome.report.contains("not read: logs/error.log: no access log"))
    #expect(outcome.report.contains("format of blog.access.log: combined reads 100 in 100"))
    #expect(outcome.report.contains("next time: tollwatch replay --format combined logs\n"))
  }

  /// As somebody exports them, whose names say nothing of their order.
  @Test(arguments: [true, false])
  func `pieces of one log with any names are one source, and overlapping logs are not`(
    arePieces: Bool
  ) throws {
    try folder.write(Self.lines(30, hour: 2), to: "logs/after lunch.txt")
    try folder.write(Self.lines(30, hour: 1), to: "logs/part-b.log")
    let rest =
      arePieces
      ? Self.lines(30, hour: 3)
      : (Self.lines(15, hour: 1) + Self.lines(15, hour: 3)).replacing("GET /", with: "GET /b")
    try folder.write(rest, to: "logs/0 the rest")
    let outcome = try Tollwatch.run(["replay", "logs"], in: folder.path)
    #expect(outcome.status == 0, "\(outcome.report)")
    #expect(outcome.report.contains("90 lines: 90 parsed (100 %), 0 unparsed, 0 late"))
    let sources = ("\n" + outcome.report).components(separatedBy: "\nformat of ").count - 1
    #expect(sources == (arePieces ? 1 : 3), "\(outcome.report)")
  }

  @Test func `the command for next time can be pasted`() throws {
    try folder.write(Self.lines(9, hour: 1), to: "it's mine.log")
    let first = try Tollwatch.run(["replay", "it's mine.log"], in: folder.path)
    let told = try #require(first.report.firstMatch(of: /next time: tollwatch (.*)\n/)?.1)
    #expect(told == #"replay --format combined 'it'\''s mine.log'"#)
    let again = try Tollwatch.run(
      ["replay", "--format", "combined", "it's mine.log"], in: folder.path)
    #expect(!again.report.contains("next time"))
    #expect(again.report.contains("9 lines: 9 parsed"))
  }

  @Test func `sources of several formats come as a configuration`() throws {
    try folder.write(Self.lines(30, hour: 1), to: "a.log")
    let json = (0..<30).map {
      #"{"ts":1772409600.\#($0),"request":{"remote_ip":"10.0.0.1","method":"GET","#
        + #""host":"a","uri":"/"},"duration":0.1,"size":5,"status":200}"#
    }
    try folder.write(json.joined(separator: "\n") + "\n", to: "b.log")
    let outcome = try Tollwatch.run(["replay", "a.log", "b.log"], in: folder.path)
    #expect(outcome.status == 0, "\(outcome.report)")
    let told = try #require(outcome.report.firstMatch(of: /(?s)sources:\n(.*?)\n\d/)?.1)
    try folder.write("sources:\n\(told)\n", to: "tollwatch.yaml")
    let again = try Tollwatch.run(["replay", "--config", "tollwatch.yaml"], in: folder.path)
    #expect(again.report.contains("60 lines: 60 parsed"), "\(again.report)")
  }

  @Test func `logs without callers say that no registry will help`() throws {
    try folder.write(Self.lines(9, hour: 1), to: "a.log")
    let outcome = try Tollwatch.run(["replay", "a.log"], in: folder.path)
    #expect(outcome.report.contains("the format has no field for one"), "\(outcome.report)")
  }

  @Test func `rules that need a registry say how to draft one`() throws {
    let named = Self.lines(9, hour: 1).replacing(" - - [", with: " - bob [")
    try folder.write(named, to: "a.log")
    let outcome = try Tollwatch.run(["replay", "a.log"], in: folder.path)
    #expect(outcome.report.contains("tollwatch registry draft -o registry.yaml -- a.log"))
  }

  @Test func `where a registry would wake nothing, nothing says that one would`() throws {
    let anonymous = (0..<200).map {
      #"10.0.0.\#($0) - - [02/Mar/2026:01:00:00 +0000] "GET / HTTP/1.1" 200 5 "-" "curl""#
    }
    let named = #"10.0.0.1 - bob [02/Mar/2026:01:00:00 +0000] "GET / HTTP/1.1" 200 5 "-" "x""#
    try folder.write((anonymous + [named]).joined(separator: "\n") + "\n", to: "a b.log")
    let outcome = try Tollwatch.run(["replay", "a b.log"], in: folder.path)
    #expect(outcome.report.contains("a registry would wake nothing"), "\(outcome.report)")
    #expect(!outcome.report.contains("would wake it"), "\(outcome.report)")
    #expect(outcome.report.contains("what the lines hold: tollwatch check -- 'a b.log'\n"))
    let check = try Tollwatch.run(["check", "--", "a b.log"], in: folder.path)
    #expect(check.status == 0, "\(check.text)")
  }

  @Test func `two names that differ by the first slash alone are two sources`() throws {
    let folder = try TemporaryFolder()
    let line = #"192.0.2.7 - bob [02/Mar/2026:10:00:00 +0000] "GET /a HTTP/1.1" 200 1 "-" "x""#
    let path = folder.path + "/d/a.log"
    let inner = folder.path + path
    for file in [path, inner] {
      let parent = (file as NSString).deletingLastPathComponent
      try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
      try Data((line + "\n").utf8).write(to: URL(filePath: file))
    }
    let outcome = try Tollwatch.run(
      ["replay", "--format", "combined", path, String(path.dropFirst())], in: folder.path)
    #expect(outcome.status == 0, "\(outcome.status) \(outcome.report)")
  }

  @Test func `the command for next time leaves out what was not read`() throws {
    try folder.write(Self.lines(30, hour: 1), to: "a.log")
    try folder.write("nothing\nthat a gateway\nwrote\n", to: "b.txt")
    let outcome = try Tollwatch.run(["replay", "a.log", "b.txt"], in: folder.path)
    #expect(outcome.report.contains("not read: b.txt"), "\(outcome.report)")
    #expect(
      outcome.report.contains("next time: tollwatch replay --format combined a.log\n"),
      "\(outcome.report)")
  }
}
