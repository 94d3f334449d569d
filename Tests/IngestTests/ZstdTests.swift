#if ZSTD
  import Ingest
  import Testing

  struct ZstdTests {
    let folder = TemporaryFolder()
    let content = SampleText.lines(2_000)

    @Test func `skippable frames are passed over wherever they stand`() throws {
      let skippable: [UInt8] = [0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]
      let frame = Codec.zstdFrame(content)
      let reading = try folder.read(skippable + frame + skippable + frame + skippable)
      #expect(isSame(reading.bytes, content + content) && reading.faults.isEmpty)
    }

    @Test func `a frame without a checksum is read`() throws {
      let reading = try folder.read(Codec.zstdFrame(content, hasChecksum: false))
      #expect(isSame(reading.bytes, content) && reading.faults.isEmpty)
    }

    @Test func `a wrong checksum spoils its own frame alone`() throws {
      let frame = Codec.zstdFrame(content)
      var broken = frame
      broken[broken.count - 1] ^= 1
      let reading = try folder.read(frame + broken + frame)
      let count = Int64(content.count)
      #expect(isSame(reading.bytes, content + content + content))
      #expect(reading.reasons == [.checksumMismatch])
      #expect(reading.failed == [count..<2 * count])
      #expect(reading.gaps.isEmpty)
    }

    @Test func `a window larger than memory allows is a fault`() throws {
      // A frame header that asks for a window of 2 GiB.
      let header: [UInt8] = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 0xa8]
      let reading = try folder.read(header + [UInt8](repeating: 1, count: 100))
      #expect(reading.reasons == [.badHeader] && reading.bytes.isEmpty)
    }
  }
#endif
