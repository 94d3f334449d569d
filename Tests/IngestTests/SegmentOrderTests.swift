import Glibc
import Ingest
import Testing

struct SegmentOrderTests {
  let folder = TemporaryFolder()

  /// Lines of the form `<time> <text>`.
  private func lines(_ times: [Int], _ text: String = "") -> [UInt8] {
    Array(times.map { "\($0) \(text)\n" }.joined().utf8)
  }

  private static func times(_ bytes: [UInt8]) -> [Int64] {
    bytes.split(separator: UInt8(ascii: "\n")).compactMap { line in
      Int64(String(decoding: line.prefix { $0 != UInt8(ascii: " ") }, as: UTF8.self))
    }
  }

  private func order(_ segments: [Segment]) -> SegmentOrder {
    SegmentOrder(
      segments, firstTime: { Self.times($0).first }, lastTime: { Self.times($0).last })
  }

  /// Writes the files, orders them in several shuffles, and expects the same each time.
  private func check(
    _ files: [(name: String, bytes: [UInt8])], gives expected: [String], seed: UInt64 = 1
  ) throws -> SegmentOrder {
    for file in files { try folder.write(file.bytes, to: file.name) }
    var generator = SeededGenerator(seed: seed)
    var result = order([])
    for _ in 0..<6 {
      let paths = files.map { folder.path + "/" + $0.name }.shuffled(using: &generator)
      result = order(try paths.map { try Segment(path: $0) })
      let names = result.segments.map { String($0.path.dropFirst(folder.path.count + 1)) }
      #expect(names == expected, "seed \(seed)")
    }
    return result
  }

  @Test func `the first time stamp inside decides, not the name`() throws {
    let result = try check(
      [
        ("a.log", lines([30, 31])), ("a.log.1", lines([10])), ("b.log", lines([20])),
        ("z.log.gz", GzipWriter().member(lines([5, 90]))),
      ], gives: ["z.log.gz", "a.log.1", "b.log", "a.log"])
    #expect(result.entries.map(\.firstTime) == [5, 10, 20, 30])
    #expect(result.duplicates.isEmpty && result.problems.isEmpty)
  }

  @Test func `ties go by the last time, then by rotation, then by content`() throws {
    _ = try check(
      [
        ("e.log", lines([10, 19], "e")), ("a.log", lines([10, 30], "a")),
        ("a.log.1", lines([10, 20], "d")), ("a.log.2", lines([10, 20], "c")),
        ("y.log", lines([10, 20], "b")), ("x.log", lines([10, 20], "z")),
      ], gives: ["e.log", "a.log.2", "a.log.1", "y.log", "x.log", "a.log"])
  }

  @Test func `without a time the rotation decides, and without that the end`() throws {
    _ = try check(
      [
        ("a.log.4", lines([10])), ("a.log.2", lines([20])), ("a.log", lines([40])),
        ("a.log.3", Array("no time\n".utf8)), ("a.log.1", []), ("a.log.9", Array("?\n".utf8)),
        ("other.log", Array("no time either\n".utf8)),
      ],
      gives: ["a.log.9", "a.log.4", "a.log.3", "a.log.2", "a.log.1", "a.log", "other.log"])
  }

  @Test func `a log and its compressed copy are read once`() throws {
    let content = lines(Array(1000..<3000), "x")
    let result = try check(
      [
        ("a.log.1", content), ("a.log.1.gz", GzipWriter().member(content)),
        ("a.log", lines([5000])),
      ], gives: ["a.log.1", "a.log"])
    let duplicate = try #require(result.duplicates.first)
    #expect(result.duplicates.count == 1 && duplicate.isWhole)
    #expect(duplicate.skipped.path.hasSuffix("a.log.1.gz"))
    #expect(duplicate.kept.path.hasSuffix("a.log.1"))
  }

  @Test(arguments: [11, 40, 400, 4_000])
  func `a half-written copy is left out at whatever length`(count: Int) throws {
    let content = SampleText.lines(3_000)
    let half = Array(GzipWriter().member(content).prefix(count))
    let result = try check(
      [("a.log.1", content), ("a.log.1.gz", half)],
      gives: count < 100 ? ["a.log.1.gz", "a.log.1"] : ["a.log.1"])
    // So short a piece gives no bytes at all, and nothing is read twice.
    let isEmpty = count < 100
    #expect(result.duplicates.map(\.isWhole) == (isEmpty ? [] : [false]))
  }

  @Test func `segments that begin alike and go on differently are both read`() throws {
    let head = lines(Array(1000..<2000), "the same for a long while")
    let result = try check(
      [("a", head + lines([3000])), ("b", head + lines([3001])), ("c", lines([1000], "the same"))],
      gives: ["c", "a", "b"])
    #expect(result.duplicates.isEmpty)
  }

  @Test func `of many copies the longest stays`() throws {
    let content = lines(Array(1000..<4000), "x")
    let result = try check(
      [
        ("a", Array(content.prefix(9_000))), ("b", content), ("c", Array(content.prefix(100))),
        ("d", GzipWriter().member(content)), ("e", Array(content.prefix(20_000))),
      ], gives: ["b"])
    #expect(result.duplicates.count == 4)
  }

  @Test func `what cannot be opened is told and the rest is ordered`() throws {
    try folder.write([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0], to: "old.xz")
    try folder.write(lines([2]), to: "b")
    try folder.write(lines([1]), to: "c")
    let result = order(
      try ["old.xz", "b", "c"].map { try Segment(path: folder.path + "/" + $0) })
    #expect(result.entries.map(\.firstTime) == [1, 2])
    #expect(result.problems.map(\.path) == [folder.path + "/old.xz"])
  }

  @Test func `a pipe finds its place among files and is not lost by that`() throws {
    let path = folder.path + "/pipe"
    try #require(mkfifo(path, 0o600) == 0)
    let writer = open(path, O_RDWR)
    // A whole head, so that nobody waits for the end; a pipe just holds it.
    let content = Array(lines(Array(15_000..<30_000)).prefix(SegmentOrder.headBytesMax))
    #expect(write(writer, content, content.count) == content.count)
    try folder.write(lines([10_000]), to: "a")
    try folder.write(lines([20_000]), to: "b")
    let result = order(
      try ["b", "pipe", "a"].map { try Segment(path: folder.path + "/" + $0) })
    close(writer)
    #expect(result.entries.map(\.firstTime) == [10_000, 15_000, 20_000])
    var reader = try SegmentReader(result.segments[1])
    var reading = Reading()
    while let event = try reader.next() { reading.append(event) }
    #expect(isSame(reading.bytes, content))
  }

  @Test func `a lone pipe is not waited for`() throws {
    let path = folder.path + "/lone"
    try #require(mkfifo(path, 0o600) == 0)
    let result = order([try Segment(path: path)])
    #expect(result.entries.map(\.firstTime) == [nil])
  }
}
