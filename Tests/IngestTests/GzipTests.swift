import Ingest
import Testing

struct GzipTests {
  let folder = TemporaryFolder()

  @Test(arguments: GzipEngine.allCases)
  func `an empty member is an empty text`(engine: GzipEngine) throws {
    let empty = GzipWriter().member([])
    #expect(empty.count == 20)
    #expect(try folder.read(empty, engine: engine) == expected([], read: 20))
    #expect(try folder.read(empty + empty, engine: engine) == expected([], read: 40))
  }

  private func expected(_ bytes: [UInt8], read: Int64) -> Reading {
    var reading = Reading()
    reading.bytes = bytes
    reading.compressedBytesRead = read
    return reading
  }

  @Test(arguments: GzipEngine.allCases, [Int32(0), 1, 6, 9])
  func `every level of compression is read`(engine: GzipEngine, level: Int32) throws {
    let content = SampleText.lines(3_000)
    let reading = try folder.read(GzipWriter(level: level).member(content), engine: engine)
    #expect(isSame(reading.bytes, content) && reading.faults.isEmpty)
  }

  @Test(arguments: GzipEngine.allCases)
  func `headers of any length are passed over`(engine: GzipEngine) throws {
    let name = [UInt8](repeating: UInt8(ascii: "n"), count: 3_000_000) + [0]
    let extra: [UInt8] = [0xff, 0xff] + [UInt8](repeating: 0, count: 0xffff)
    let writers = [
      GzipWriter(flags: 0x08, headerRest: name),
      GzipWriter(flags: 0x10, headerRest: name),
      GzipWriter(flags: 0x04, headerRest: extra),
      GzipWriter(flags: 0x04, headerRest: [0, 0]),
      GzipWriter(flags: 0x1f, headerRest: extra + name + name + [7, 7]),
      GzipWriter(flags: 0x02, headerRest: [7, 7]),
      GzipWriter(flags: 0x18, headerRest: [0, 0]),
    ]
    let content = SampleText.lines(5)
    for writer in writers {
      let reading = try folder.read(writer.member(content), engine: engine)
      #expect(isSame(reading.bytes, content) && reading.faults.isEmpty, "flags \(writer.flags)")
    }
  }

  @Test(arguments: GzipEngine.allCases, [UInt8(0x20), 0x40, 0x80, 0xff])
  func `reserved flags are a fault of their member alone`(
    engine: GzipEngine, flags: UInt8
  ) throws {
    let content = SampleText.lines(5)
    let odd = GzipWriter(flags: flags).member(content)
    let reading = try folder.read(odd + GzipWriter().member(content), engine: engine)
    #expect(reading.reasons == [.badHeader])
    #expect(isSame(reading.bytes, content) && reading.failed.isEmpty)
    let gap = try #require(reading.gaps.first)
    #expect(gap.compressed.upperBound == Int64(odd.count))
  }

  @Test(arguments: GzipEngine.allCases)
  func `a wrong checksum or length spoils its own member and no line of the next`(
    engine: GzipEngine
  ) throws {
    let parts = (1...3).map { SampleText.lines(50, seed: UInt64($0)) }
    let writers = [
      (GzipWriter(checksumError: 1), SegmentFault.Reason.checksumMismatch),
      (GzipWriter(lengthError: 1), .lengthMismatch),
    ]
    for (writer, reason) in writers {
      let members = [
        GzipWriter().member(parts[0]), writer.member(parts[1]), GzipWriter().member(parts[2]),
      ]
      let reading = try folder.read(Array(members.joined()), engine: engine)
      #expect(isSame(reading.bytes, Array(parts.joined())))
      #expect(reading.reasons == [reason])
      let start = Int64(parts[0].count)
      #expect(reading.failed == [start..<start + Int64(parts[1].count)])
      #expect(reading.gaps.isEmpty)
      #expect(reading.faults.first?.memberOffset == Int64(members[0].count))
    }
  }

  @Test(arguments: GzipEngine.allCases)
  func `a member header cut off behind a good member is a truncation`(
    engine: GzipEngine
  ) throws {
    let content = SampleText.lines(5)
    let member = GzipWriter(flags: 0x08, headerRest: Array("access.log\0".utf8)).member(content)
    for count in 1..<21 {
      let reading = try folder.read(member + member[..<count], engine: engine)
      #expect(isSame(reading.bytes, content), "\(count)")
      #expect(reading.reasons == [.truncated], "\(count)")
      #expect(reading.failed.isEmpty && reading.gaps.isEmpty, "\(count)")
    }
  }

  @Test(arguments: [UInt64(11), 12, 13])
  func `all engines vouch for the same bytes`(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let parts = (1...4).map { SampleText.lines($0 * 400, seed: UInt64($0)) }
    let whole = Array(parts.map { GzipWriter().member($0) }.joined())
    for _ in 0..<60 {
      var broken = whole
      let index = Int.random(in: 10..<whole.count, using: &generator)
      broken[index] ^= UInt8.random(in: 1...255, using: &generator)
      let readings = try GzipEngine.allCases.map {
        try folder.read(broken, chunkBytes: 5_000, engine: $0)
      }
      let label = "seed \(seed) byte \(index)"
      #expect(readings.allSatisfy { $0.verified == readings[0].verified }, "\(label)")
      #expect(readings.allSatisfy { !$0.faults.isEmpty }, "\(label)")
    }
  }
}
