import Foundation
import Testing

/// The same lines give the same bytes, however they are packed, cut and read.
@Suite struct DeterminismTests {
  private static let fixture = Fixture.threeQuestions
  private static let log = "access.log.gz"

  private let folder: TemporaryFolder
  private let packed: Data
  private let expected: Data

  init() throws {
    folder = try TemporaryFolder()
    packed = try Self.fixture.contents(Self.log)
    expected = try Self.fixture.contents("expected.jsonl")
  }

  @Test(arguments: 1...8)
  func `the number of threads changes nothing`(threads: Int) throws {
    let outcome = try Self.fixture.replay("--threads", String(threads))
    #expect(outcome.output == expected)
  }

  @Test func `a log is the same packed, plain and through a pipe`() throws {
    let plain = try folder.write(Shell.gunzip(packed), to: "plain/access.log")
    #expect(try replay([plain]) == expected)
    #expect(try replay(["-"], input: plain) == expected)
    #expect(try replay(["-"], input: Self.fixture.path + "/" + Self.log) == expected)
  }

  @Test(arguments: [2, 5], [true, false])
  func `a log is the same in one file and in several, named in any order`(
    count: Int, isPacked: Bool
  ) throws {
    let names = try cut(into: count, isPacked: isPacked)
    #expect(try replay(names) == expected)
    #expect(try replay(names.reversed()) == expected)
    #expect(try replay([folder.path + "/cut"]) == expected)
  }

  /// Newest is plain, the older ones are packed: what `logrotate` leaves.
  @Test func `a log is the same as logrotate leaves it`() throws {
    let pieces = try pieces(4)
    for (index, piece) in pieces.enumerated() {
      let age = pieces.count - 1 - index
      let name = age == 0 ? "access.log" : "access.log.\(age)" + (age > 1 ? ".gz" : "")
      try folder.write(age > 1 ? Shell.gzip(piece) : piece, to: "rotated/" + name)
    }
    #expect(try replay([folder.path + "/rotated/access.log*"]) == expected)
    #expect(try replay([folder.path + "/rotated"]) == expected)
  }

  /// Members that end inside a line, and empty ones.
  @Test func `the members of a gzip file may be cut anywhere`() throws {
    let plain = try Shell.gunzip(packed)
    var members = Data()
    var start = 0
    for size in [1, 0, 77, 100_003, 65_536, 1_000_000] {
      members += try Shell.gzip(plain[start..<min(plain.count, start + size)])
      start = min(plain.count, start + size)
    }
    members += try Shell.gzip(plain[start...])
    let path = try folder.write(members, to: "members/access.log.gz")
    #expect(try replay([path]) == expected)
    #expect(try replay([path], ["--threads", "3"]) == expected)
  }

  @Test func `a line without its newline at the end is a line`() throws {
    let plain = try Shell.gunzip(packed).dropLast()
    let path = try folder.write(Data(plain), to: "unfinished/access.log")
    #expect(try replay([path]) == expected)
  }

  @Test func `the order in which sources are declared changes nothing but their order`() throws {
    let fixture = Fixture(name: "two-sources")
    let expected = try fixture.contents("expected.jsonl")
    for threads in 1...4 {
      #expect(try fixture.replay("--threads", String(threads)).output == expected)
    }
    let text = String(decoding: try fixture.contents("tollwatch.yaml"), as: UTF8.self)
    let parts = text.components(separatedBy: "\n  - name: ")
    #expect(parts.count == 3)
    // The last source ends where the next key of the configuration begins.
    let rest = parts[2].components(separatedBy: "\nregistry:")
    let turned =
      parts[0] + "\n  - name: " + rest[0] + "\n  - name: " + parts[1] + "\nregistry:" + rest[1]
    for name in try FileManager.default.contentsOfDirectory(atPath: fixture.path) {
      try folder.write(fixture.contents(name), to: "turned/" + name)
    }
    let path = try folder.write(turned, to: "turned/tollwatch.yaml")
    let outcome = try Tollwatch.run(
      ["replay", "--config", path, "--output", "json"], in: folder.path)
    #expect(outcome.output == expected, "\(outcome.report)")
  }

  // MARK: - helpers

  private func replay(
    _ logs: [String], _ arguments: [String] = [], input: String? = nil
  ) throws -> Data {
    try Self.fixture.replay(logs, in: folder, arguments, input: input).output
  }

  /// The log's lines in `count` pieces of about one size.
  private func pieces(_ count: Int) throws -> [Data] {
    let plain = try Shell.gunzip(packed)
    var pieces: [Data] = []
    var start = plain.startIndex
    for number in 1...count {
      let goal = plain.count * number / count
      let end =
        number == count
        ? plain.endIndex : (plain[goal...].firstIndex(of: UInt8(ascii: "\n")) ?? goal) + 1
      pieces.append(Data(plain[start..<end]))
      start = end
    }
    return pieces
  }

  private func cut(into count: Int, isPacked: Bool) throws -> [String] {
    try pieces(count).enumerated().map { index, piece in
      let name = "cut/access.log-2026030\(index + 1)" + (isPacked ? ".gz" : "")
      return try folder.write(isPacked ? Shell.gzip(piece) : piece, to: name)
    }
  }
}
