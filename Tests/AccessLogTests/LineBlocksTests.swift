import Testing

@testable import AccessLog

struct LineBlocksTests {
  /// Lines and offsets of `text`, cut into chunks of `size`.
  private func lines(_ text: [UInt8], chunkBytes size: Int) -> (lines: [[UInt8]], dropped: Int) {
    var blocks: [LineBlocks.Block] = []
    var splitter = LineBlocks()
    var at = 0
    while at < text.count {
      let end = min(text.count, at + size)
      splitter.push(Array(text[at..<end]), into: &blocks)
      #expect(splitter.resumeOffset <= splitter.offset)
      at = end
    }
    splitter.finish(into: &blocks)
    var lines: [[UInt8]] = []
    for block in blocks {
      let start = Int(block.startOffset)
      #expect(Array(text[start..<start + block.bytes.count]) == block.bytes)
      lines += block.bytes.split(separator: 10, omittingEmptySubsequences: false).map(Array.init)
      if block.bytes.last == 10 || block.bytes.isEmpty { lines.removeLast() }
    }
    return (lines, blocks.reduce(0) { $0 + $1.droppedLineCount })
  }

  @Test(arguments: ["a\nb\n", "\n\n", "no end", "é\nü\n", "", "a\r\nb\r\n", "\u{0}\n\u{0}"])
  func `the lines do not depend on where the chunks end`(text: String) {
    let bytes = Array(text.utf8)
    let whole = lines(bytes, chunkBytes: max(1, bytes.count))
    for size in 1...max(1, bytes.count) {
      let cut = lines(bytes, chunkBytes: size)
      #expect(cut.lines == whole.lines)
    }
    var expected = bytes.split(separator: 10, omittingEmptySubsequences: false).map(Array.init)
    if expected.last == [] { expected.removeLast() }
    #expect(whole.lines == expected)
  }

  @Test(arguments: [1000, 4096, 70_000, 1_000_000])
  func `a line that is too long is dropped and counted, and the next one is read`(size: Int) {
    let long = Array(repeating: UInt8(ascii: "x"), count: 300_000)
    let text = Array("a\n".utf8) + long + Array("\nb\n".utf8) + long
    var blocks: [LineBlocks.Block] = []
    var splitter = LineBlocks()
    var at = 0
    while at < text.count {
      splitter.push(Array(text[at..<min(text.count, at + size)]), into: &blocks)
      at += size
    }
    splitter.finish(into: &blocks)
    var batch = RecordBatch(hash: testHash)
    var tooLongCount = 0
    var lineCount = 0
    let parser = BlockParser(readers: [try! NginxLogFormat.reader(for: combined)])
    for block in blocks {
      parser.parse(block, into: &batch)
      tooLongCount += batch.malformed.count { $0.fault.reason == .tooLong }
      lineCount += batch.lineCount
    }
    #expect(tooLongCount == 2)
    #expect(lineCount == 4)
  }

  private let combined = FormatDescription(template: Presets.combined)

  @Test
  func `memory stays bounded by a chunk and a line, whatever comes`() {
    var splitter = LineBlocks()
    var blocks: [LineBlocks.Block] = []
    let chunk = Array(repeating: UInt8(ascii: "x"), count: 1 << 20)
    for _ in 0..<64 { splitter.push(chunk, into: &blocks) }
    #expect(blocks.isEmpty)
    #expect(splitter.resumeOffset == 0)
    splitter.push(Array("\nlast".utf8), into: &blocks)
    #expect(splitter.droppedLineCount == 1)
    #expect(splitter.resumeOffset == 64 << 20 | 1)
    splitter.finish(into: &blocks)
    #expect(blocks.map(\.bytes) == [Array("last".utf8)])
    #expect(blocks.map(\.droppedLineCount) == [1])
    #expect(blocks.map(\.startOffset) == [64 << 20 | 1])
  }

  @Test
  func `reading begins again at the first byte that is in no block`() {
    var splitter = LineBlocks(startOffset: 100)
    var blocks: [LineBlocks.Block] = []
    splitter.push(Array("one\ntw".utf8), into: &blocks)
    #expect(blocks.map(\.startOffset) == [100])
    #expect(splitter.resumeOffset == 104)
    #expect(splitter.offset == 106)
    splitter.push(Array("o\n".utf8), into: &blocks)
    #expect(blocks.last?.bytes == Array("two\n".utf8))
    #expect(blocks.last?.startOffset == 104)
  }

  @Test
  func `each segment begins at offset zero`() {
    var splitter = LineBlocks()
    var blocks: [LineBlocks.Block] = []
    splitter.push(Array("a\nb".utf8), into: &blocks)
    splitter.finish(into: &blocks)
    splitter.push(Array("c\n".utf8), into: &blocks)
    #expect(blocks.map { String(decoding: $0.bytes, as: UTF8.self) } == ["a\n", "b", "c\n"])
    #expect(blocks.map(\.startOffset) == [0, 2, 0])
  }
}
