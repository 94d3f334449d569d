import Glibc
import Ingest
import Testing

struct SegmentReaderTests {
  let folder = TemporaryFolder()
  let content = SampleText.lines(40)

  @Test(arguments: ["access.log", "access.log.gz", "access.log.zst", "access"])
  func `the first bytes decide and the name does not`(name: String) throws {
    for codec in Codec.all {
      let path = try folder.write(codec.compress(content), to: name)
      #expect(try Reading(Segment(path: path)).bytes == content)
    }
  }

  @Test(arguments: [0, 1, 5, 6, 7])
  func `a file too short for any format is plain text`(count: Int) throws {
    let bytes = Array(content.prefix(count))
    let reading = try folder.read(bytes)
    #expect(reading.bytes == bytes && reading.faults.isEmpty)
    #expect(reading.chunkCounts.count == (count == 0 ? 0 : 1))
  }

  @Test func `the start of a gzip file alone is a truncation`() throws {
    for count in 2..<10 {
      let reading = try folder.read(Array(GzipWriter().member(content)[..<count]))
      #expect(reading.reasons == [.truncated] && reading.bytes.isEmpty)
    }
  }

  @Test func `progress goes from nothing to the size on disk`() throws {
    let bytes = GzipWriter().member(content)
    var reader = try SegmentReader(
      Segment(path: folder.write(bytes, to: "a.gz")), chunkBytes: 100)
    #expect(reader.byteCount == Int64(bytes.count))
    #expect(reader.compressedBytesRead == 0)
    var last: Int64 = 0
    while try reader.next() != nil {
      #expect(reader.compressedBytesRead >= last)
      last = reader.compressedBytesRead
    }
    #expect(last == Int64(bytes.count))
    #expect(reader.decompressedBytesRead == Int64(content.count))
  }

  @Test func `a peek takes nothing away`() throws {
    for codec in Codec.all {
      let path = try folder.write(codec.compress(content), to: "a")
      for byteCount in [1, 99, 100, 101, content.count, content.count + 1] {
        var reader = try SegmentReader(Segment(path: path), chunkBytes: 100)
        #expect(try reader.peek(byteCount) == Array(content.prefix(byteCount)))
        var reading = Reading()
        while let event = try reader.next() { reading.append(event) }
        #expect(reading.bytes == content && reading.faults.isEmpty)
      }
    }
  }

  @Test func `a peek stops at a fault and leaves it to be told`() throws {
    let broken = GzipWriter(checksumError: 1).member(content) + GzipWriter().member(content)
    let segment = try Segment(path: folder.write(broken, to: "a"))
    var reader = try SegmentReader(segment, chunkBytes: 65_536)
    #expect(try reader.peek(65_536) == content)
    var reading = Reading()
    while let event = try reader.next() { reading.append(event) }
    #expect(reading.reasons == [.checksumMismatch] && reading.bytes == content + content)
  }

  @Test(arguments: [
    ("bzip2", [UInt8]("BZh91AY".utf8), "bzip2 -dc"),
    ("xz", [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0], "xz -dc"),
    ("lz4", [0x04, 0x22, 0x4d, 0x18, 0, 0], "lz4 -dc"),
    ("zip", [0x50, 0x4b, 3, 4, 0, 0], "unzip -p"),
  ])
  func `what is not read is named with the command that helps`(
    format: String, magic: [UInt8], filter: String
  ) throws {
    let path = try folder.write(magic, to: "old logs.x")
    let error = try #require(throws: IngestError.self) {
      try Reading(Segment(path: path))
    }
    #expect(error.reason == .unsupported(format: format, filter: filter))
    #expect(error.description.contains("use: \(filter) '\(path)' | tollwatch replay … -"))
  }

  @Test func `without libzstd the pipe is named`() throws {
    let head: [UInt8] = [0x28, 0xb5, 0x2f, 0xfd, 0, 0]
    let error = try #require(throws: IngestError.self) {
      try head.withUnsafeBytes {
        _ = try Decompressors.type(for: $0, path: "a.log.zst", among: [Gzip.self, Plain.self])
      }
    }
    #expect(
      error.description
        == "a.log.zst: zstd is not read by this build; use: zstd -dc a.log.zst | tollwatch replay … -"
    )
  }

  @Test(arguments: [("gzip", "tar -xzOf"), ("plain", "tar -xOf"), ("zstd", "tar --zstd -xOf")])
  func `an archive of several files is named with the command that helps`(
    format: String, filter: String
  ) throws {
    var archive = Array("access.log".utf8) + Array(repeating: 0, count: 502)
    archive.replaceSubrange(257..<262, with: Array("ustar".utf8))
    archive += content
    for codec in Codec.all where codec.name == format {
      let path = try folder.write(codec.compress(archive), to: "x_access.log.tar")
      let error = try #require(throws: IngestError.self) { try Reading(Segment(path: path)) }
      #expect(
        error.description
          == "\(path): a tar archive is not read by this build; "
          + "use: \(filter) \(path) | tollwatch replay … -")
      // Looking at its head says the same, so that it is told before anything is read.
      #expect(throws: error) { try Segment(path: path).head(byteCountMax: 65_536) }
    }
  }

  @Test func `a pipe is read once, plain or compressed, with its faults`() throws {
    for codec in Codec.all {
      let pipe = try Pipe(in: folder, named: codec.name + "-\(codec.engine)")
      pipe.write(codec.compress(content))
      let segment = try Segment(path: pipe.path)
      #expect(segment.isStream && segment.byteCount == nil)
      var reader = try SegmentReader(segment)
      pipe.close()
      var reading = Reading()
      while let event = try reader.next() { reading.append(event) }
      #expect(reading.bytes == content && reading.faults.isEmpty)
      let error = #expect(throws: IngestError.self) { try SegmentReader(segment).discard() }
      #expect(error?.reason == .alreadyRead)
    }
  }

  @Test func `lines of a slow writer are handed on before the end`() throws {
    let pipe = try Pipe(in: folder, named: "slow")
    let segment = try Segment(path: pipe.path)
    pipe.write(Array("first line\n".utf8))
    var reader = try SegmentReader(segment)
    #expect(try reader.next() == .chunk(Array("first line\n".utf8), startOffset: 0))
    pipe.write(Array("second line\n".utf8))
    #expect(try reader.next() == .chunk(Array("second line\n".utf8), startOffset: 11))
    pipe.close()
    #expect(try reader.next() == nil)
  }

  @Test func `the head of a pipe can be looked at before it is read`() throws {
    let pipe = try Pipe(in: folder, named: "peeked")
    pipe.write(GzipWriter().member(content))
    let segment = try Segment(path: pipe.path)
    #expect(try segment.head(byteCountMax: 10) == Array(content.prefix(10)))
    #expect(try segment.head(byteCountMax: 20) == Array(content.prefix(20)))
    var reader = try SegmentReader(segment)
    pipe.close()
    var reading = Reading()
    while let event = try reader.next() { reading.append(event) }
    #expect(reading.bytes == content)
  }

  @Test func `standard input is read under the name of a dash`() throws {
    let saved = dup(STDIN_FILENO)
    defer {
      dup2(saved, STDIN_FILENO)
      close(saved)
    }
    let file = open(try folder.write(GzipWriter().member(content), to: "in"), O_RDONLY)
    dup2(file, STDIN_FILENO)
    close(file)
    let files = LogFiles(["-", "-"])
    #expect(files.segments.map(\.path) == ["-"] && files.problems.isEmpty)
    #expect(try Reading(files.segments[0]).bytes == content)
  }
}

extension SegmentReader {
  /// For a reader that is made only to see it fail.
  consuming func discard() {}
}

/// A named pipe whose reading end the test holds open too, so that nothing waits.
private final class Pipe {
  let path: String
  private var number: Int32

  init(in folder: TemporaryFolder, named name: String) throws {
    path = folder.path + "/" + name
    try #require(mkfifo(path, 0o600) == 0)
    number = open(path, O_RDWR)
    try #require(number >= 0)
  }

  deinit { close() }

  func write(_ bytes: [UInt8]) {
    #expect(Glibc.write(number, bytes, bytes.count) == bytes.count)
  }

  /// Closes the writing end; from then on the reader finds an end.
  func close() {
    if number >= 0 { Glibc.close(number) }
    number = -1
  }
}
