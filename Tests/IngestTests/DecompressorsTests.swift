import Ingest
import Testing

/// What every entry of `Decompressors.all` has to stand.
struct DecompressorsTests {
  let folder = TemporaryFolder()

  @Test func `every decompressor has a name of its own and the plain one is asked last`() {
    let names = Decompressors.all.map { $0.name }
    #expect(Set(names).count == names.count)
    #expect(names.last == "plain")
    #expect(Set(Codec.all.map(\.name)) == Set(names))
  }

  @Test(arguments: Codec.all)
  func `a round trip gives the same bytes in pieces of every size`(codec: Codec) {
    let content = SampleText.lines(6)
    let compressed = codec.compress(content)
    for inputPiece in 1...40 {
      for outputRoom in [1, 2, 3, 7, 64, 255, content.count, content.count + 1, 65_536] {
        let result = codec.decompress(
          compressed, inputPiece: inputPiece, outputRoom: outputRoom)
        #expect(isSame(result.bytes, content), "\(inputPiece) in, \(outputRoom) out")
        #expect(result.last == .end, "\(inputPiece) in, \(outputRoom) out")
      }
    }
  }

  @Test(arguments: Codec.all, [1, 1_000, 65_535, 65_536, 65_537, 1_048_576])
  func `a long text comes in full chunks whatever their size`(
    codec: Codec, chunkBytes: Int
  ) throws {
    let content = SampleText.lines(chunkBytes == 1 ? 1_000 : 30_000)
    let reading = try folder.read(
      codec.compress(content), chunkBytes: chunkBytes, engine: codec.engine)
    #expect(isSame(reading.bytes, content))
    #expect(reading.faults.isEmpty && reading.failed.isEmpty && reading.gaps.isEmpty)
    #expect(reading.chunkCounts.dropLast().allSatisfy { $0 == chunkBytes })
  }

  @Test(arguments: Codec.all, [0, 1, 255, 32_768, 65_535, 65_536, 200_000])
  func `bytes of no kind whatever survive`(codec: Codec, count: Int) throws {
    let seed = UInt64(count)
    var generator = SeededGenerator(seed: seed)
    let content = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
    let reading = try folder.read(codec.compress(content), engine: codec.engine)
    #expect(isSame(reading.bytes, content), "seed \(seed)")
    #expect(reading.faults.isEmpty)
  }

  @Test(arguments: Codec.all)
  func `joined members are read as one text and share chunks`(codec: Codec) throws {
    let lines = (0..<200).map { SampleText.lines($0 % 3, seed: UInt64($0)) }
    let reading = try folder.read(
      Array(lines.map(codec.compress).joined()), engine: codec.engine)
    #expect(isSame(reading.bytes, Array(lines.joined())))
    #expect(reading.faults.isEmpty)
    #expect(reading.chunkCounts.count == 1)
  }

  @Test(arguments: Codec.all)
  func `a member boundary may fall anywhere in a line`(codec: Codec) {
    let content = SampleText.lines(2)
    for cut in content.indices {
      let joined =
        codec.compress(Array(content[..<cut])) + codec.compress(Array(content[cut...]))
      let result = codec.decompress(joined, inputPiece: 100, outputRoom: 64)
      #expect(isSame(result.bytes, content) && result.last == .end, "cut at \(cut)")
    }
  }

  @Test(arguments: Codec.withMembers)
  func `a file cut off at any byte gives a beginning and says so`(codec: Codec) throws {
    let parts = [SampleText.lines(3, seed: 1), SampleText.lines(2, seed: 2)]
    let members = parts.map(codec.compress)
    let whole = Array(members.joined())
    let ends = [0, members[0].count, whole.count]
    let content = Array(parts.joined())
    // Below six bytes a beginning cannot be told from plain text.
    for count in 6..<whole.count {
      let reading = try folder.read(Array(whole[..<count]), engine: codec.engine)
      #expect(content.starts(with: reading.bytes), "cut at \(count)")
      if ends.contains(count) {
        #expect(reading.faults.isEmpty, "cut at \(count)")
      } else {
        #expect(reading.reasons == [.truncated], "cut at \(count)")
        #expect(reading.faults.first?.compressedOffset == Int64(count))
        #expect(reading.verified == (count > ends[1] ? parts[0] : []), "cut at \(count)")
      }
    }
  }

  @Test(arguments: Codec.withMembers)
  func `a flipped bit is found and costs no more than its member`(codec: Codec) throws {
    let parts = (1...3).map { SampleText.lines(1, seed: UInt64($0)) }
    let whole = Array(parts.map(codec.compress).joined())
    let allowed = Self.joined(parts)
    for index in whole.indices.dropFirst(6) {
      for bit in 0..<8 {
        var broken = whole
        broken[index] ^= 1 << UInt8(bit)
        let reading = try folder.read(broken, engine: codec.engine)
        #expect(allowed.contains(reading.verified), "byte \(index) bit \(bit)")
        let isRight = reading.bytes == Array(parts.joined())
        #expect(isRight || !reading.faults.isEmpty, "byte \(index) bit \(bit)")
      }
    }
  }

  /// All texts that some of `parts` make, whole and in order.
  private static func joined(_ parts: [[UInt8]]) -> Set<[UInt8]> {
    Set(
      (0..<(1 << parts.count)).map { mask in
        Array(parts.indices.filter { mask & (1 << $0) != 0 }.map { parts[$0] }.joined())
      })
  }

  @Test(arguments: Codec.withMembers, [UInt64(1), 2, 3, 4])
  func `noise never traps or hangs and never passes for verified`(
    codec: Codec, seed: UInt64
  ) throws {
    var generator = SeededGenerator(seed: seed)
    let head = codec.compress([])
    for _ in 0..<200 {
      let count = Int.random(in: 0...2_000, using: &generator)
      let kept = Int.random(in: 6...head.count, using: &generator)
      let noise = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
      let reading = try folder.read(Array(head[..<kept]) + noise, engine: codec.engine)
      #expect(reading.verified.isEmpty, "seed \(seed)")
    }
  }

  @Test(arguments: Codec.withMembers)
  func `behind a broken member the next one is found`(codec: Codec) throws {
    let parts = (1...3).map { SampleText.lines(3_000, seed: UInt64($0)) }
    var members = parts.map(codec.compress)
    // The middle of a member that is long enough to be noticed far from its end.
    members[1].replaceSubrange(
      members[1].count / 2..<members[1].count / 2 + 64, with: [UInt8](repeating: 0xff, count: 64))
    let reading = try folder.read(Array(members.joined()), engine: codec.engine)
    #expect(isSame(reading.verified, parts[0] + parts[2]))
    // A format that checks whole blocks may give nothing of a broken one.
    let start = Int64(parts[0].count)
    #expect(reading.failed.allSatisfy { $0.lowerBound == start } && reading.failed.count <= 1)
    #expect(reading.faults.first?.memberOffset == Int64(members[0].count))
    let gap = try #require(reading.gaps.last)
    #expect(gap.compressed.upperBound == Int64(members[0].count + members[1].count))
    #expect(gap.decompressedOffset == reading.failed.last?.upperBound ?? start)
  }

  @Test(arguments: Codec.withMembers)
  func `a half file joined to a whole one loses only its own end`(codec: Codec) throws {
    let parts = [SampleText.lines(5_000, seed: 1), SampleText.lines(4_000, seed: 2)]
    let members = parts.map(codec.compress)
    for share in [2, 3, 5, 9] {
      let half = members[0].prefix(members[0].count / share)
      let reading = try folder.read(half + members[1], engine: codec.engine)
      #expect(isSame(reading.verified, parts[1]), "1/\(share)")
      #expect(!reading.faults.isEmpty && !reading.gaps.isEmpty)
    }
  }

  @Test(arguments: Codec.withMembers, [1, 511, 512, 300_000])
  func `zeros behind the end are noted and harmless`(codec: Codec, count: Int) throws {
    let content = SampleText.lines(10)
    let zeros = [UInt8](repeating: 0, count: count)
    let member = codec.compress(content)
    let last = try folder.read(member + zeros, engine: codec.engine)
    #expect(isSame(last.bytes, content) && last.failed.isEmpty && last.gaps.isEmpty)
    #expect(last.reasons == [.trailingZeros])
    #expect(last.faults.first?.compressedOffset == Int64(member.count))
    #expect(last.faults.first?.isHarmless == true)
    let between = try folder.read(member + zeros + member, engine: codec.engine)
    #expect(between.bytes == content + content && between.failed.isEmpty)
  }

  @Test(arguments: Codec.withMembers)
  func `garbage behind the end is noted and harmless`(codec: Codec) throws {
    let content = SampleText.lines(10)
    for garbage in ["x", "hello\n", "\u{1f}", String(repeating: "no gzip ", count: 100_000)] {
      let reading = try folder.read(
        codec.compress(content) + Array(garbage.utf8), engine: codec.engine)
      #expect(isSame(reading.bytes, content) && reading.failed.isEmpty)
      #expect(reading.reasons.count == 1)
    }
  }

  @Test(arguments: Codec.withMembers)
  func `a bomb is delivered in chunks of bounded size`(codec: Codec) throws {
    let zeros = [UInt8](repeating: UInt8(ascii: "0"), count: 20_000_000)
    let compressed = codec.compress(zeros)
    #expect(compressed.count < 100_000)
    let reading = try folder.read(compressed, engine: codec.engine)
    #expect(reading.bytes.count == zeros.count)
    #expect(reading.chunkCounts.allSatisfy { $0 <= 65_536 })
  }

  @Test(arguments: Codec.withMembers)
  func `a file full of faults is left after a bounded number of them`(codec: Codec) throws {
    let good = codec.compress([1, 2, 3])
    let broken = Array(good[..<(good.count - 1)]) + [good[good.count - 1] ^ 0xff]
    let many = [[UInt8]](repeating: broken, count: SegmentReader.faultCountMax + 10)
    let reading = try folder.read(Array(many.joined()), engine: codec.engine)
    #expect(reading.faults.count == SegmentReader.faultCountMax + 1)
    #expect(reading.reasons.last == .tooManyFaults)
    #expect(reading.verified.isEmpty)
  }
}
