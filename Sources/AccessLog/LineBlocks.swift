/// Cuts a segment's chunks, which may end anywhere, into blocks of whole lines, so that the
/// blocks can be parsed on other threads. What the lines are does not depend on the chunks.
///
/// A line longer than ``lineBytesMax`` is not kept: memory stays bounded by the chunk and one
/// line, whatever comes.
public struct LineBlocks: Sendable {
  /// Bytes of a line without its newline.
  public static let lineBytesMax = 64 * 1024

  /// Bytes of one block; a batch's text ranges have 31 bits.
  public static let blockBytesMax = 16 * 1024 * 1024

  /// Whole lines, each with its newline but for the last one of a segment.
  public struct Block: Sendable {
    public var bytes: [UInt8]
    /// Offset in the segment's decompressed bytes of the first byte.
    public var startOffset: Int64
    /// Lines dropped as too long, which stood before the first of these.
    public var droppedLineCount: Int
    /// The line that last said, before the first of these, what the columns are; empty where none
    /// did.
    public var header: [UInt8] = []

    public init(bytes: [UInt8], startOffset: Int64 = 0, droppedLineCount: Int = 0) {
      self.bytes = bytes
      self.startOffset = startOffset
      self.droppedLineCount = droppedLineCount
    }
  }

  /// Offset of the next byte that comes in.
  public private(set) var offset: Int64
  /// All lines dropped as too long.
  public private(set) var droppedLineCount = 0

  /// As the source's parser has it; no part of what was read.
  package var findsHeaders: Bool
  private var header: [UInt8] = []

  /// The unfinished line at the end of what came in.
  private var tail: [UInt8] = []
  private var unreportedDropCount = 0
  /// The line that is coming in is too long already; its rest is skipped.
  private var isSkipping = false
  private var skippedByteCount: Int64 = 0

  /// All of it, for a snapshot.
  package struct State: Sendable {
    package var offset: Int64
    package var droppedLineCount: Int
    package var tail: [UInt8]
    package var unreportedDropCount: Int
    package var isSkipping: Bool
    package var skippedByteCount: Int64
    package var header: [UInt8]
  }

  package var state: State {
    get {
      State(
        offset: offset, droppedLineCount: droppedLineCount, tail: tail,
        unreportedDropCount: unreportedDropCount, isSkipping: isSkipping,
        skippedByteCount: skippedByteCount, header: header)
    }
    set {
      offset = newValue.offset
      droppedLineCount = newValue.droppedLineCount
      tail = newValue.tail
      unreportedDropCount = newValue.unreportedDropCount
      isSkipping = newValue.isSkipping
      skippedByteCount = newValue.skippedByteCount
      header = newValue.header
    }
  }

  /// - Parameters:
  ///   - startOffset: where in the segment the first chunk begins: a line's first byte.
  ///   - findsHeaders: whether blocks tell the columns that a line before them named.
  public init(startOffset: Int64 = 0, findsHeaders: Bool = false) {
    offset = startOffset
    self.findsHeaders = findsHeaders
  }

  /// Offset of the first byte that is in no block yet: where reading must begin again after a
  /// restart.
  public var resumeOffset: Int64 { offset - Int64(tail.count) - skippedByteCount }

  /// Takes the next chunk of the segment and appends the lines that it finishes to `blocks`.
  public mutating func push(_ chunk: consuming [UInt8], into blocks: inout [Block]) {
    let chunk = chunk
    if !isSkipping, tail.isEmpty, chunk.last == ASCII.newline, chunk.count <= Self.blockBytesMax {
      let start = offset
      offset += Int64(chunk.count)
      blocks.append(block(chunk, startOffset: start))
      return
    }
    var start = 0
    while start < chunk.count {
      let end = min(chunk.count, start + Self.blockBytesMax / 2)
      take(chunk.span.extracting(start..<end), into: &blocks)
      start = end
    }
  }

  /// Ends the segment: an unfinished last line is a line. The next chunk begins a new segment.
  public mutating func finish(into blocks: inout [Block]) {
    if isSkipping { drop() }
    if !tail.isEmpty || unreportedDropCount > 0 {
      blocks.append(block(tail, startOffset: resumeOffset))
    }
    tail = []
    header = []
    offset = 0
  }

  private mutating func take(_ chunk: Span<UInt8>, into blocks: inout [Block]) {
    var start = 0
    if isSkipping {
      guard let newline = chunk.firstIndex(of: ASCII.newline, from: 0) else {
        offset += Int64(chunk.count)
        skippedByteCount += Int64(chunk.count)
        return
      }
      start = newline + 1
      drop()
    }
    let tailOffset = resumeOffset + Int64(start)
    offset += Int64(chunk.count)
    if let last = chunk.lastIndex(of: ASCII.newline, in: start..<chunk.count) {
      tail.append(contentsOf: chunk.extracting(start..<last + 1))
      blocks.append(block(tail, startOffset: tailOffset))
      tail = []
      start = last + 1
    }
    tail.append(contentsOf: chunk.extracting(start..<chunk.count))
    // One more for the "\r" of a line that is just not too long.
    if tail.count > Self.lineBytesMax + 1 {
      skippedByteCount = Int64(tail.count)
      tail = []
      isSkipping = true
    }
  }

  private mutating func drop() {
    isSkipping = false
    skippedByteCount = 0
    droppedLineCount += 1
    unreportedDropCount += 1
  }

  private mutating func block(_ bytes: [UInt8], startOffset: Int64) -> Block {
    let dropCount = unreportedDropCount
    unreportedDropCount = 0
    var block = Block(bytes: bytes, startOffset: startOffset, droppedLineCount: dropCount)
    if findsHeaders {
      block.header = header
      noteHeader(in: block.bytes.span)
    }
    return block
  }

  private mutating func noteHeader(in bytes: Span<UInt8>) {
    var end = bytes.count
    while let mark = bytes.lastIndex(of: UInt8(ascii: "#"), in: 0..<end) {
      if Self.isHeader(bytes, at: mark), let line = BlockParser.line(at: mark, of: bytes) {
        header = []
        header.append(contentsOf: bytes.extracting(line))
        return
      }
      end = mark
    }
  }

  /// Whether a line begins at `offset` that says what the columns are.
  static func isHeader(_ bytes: Span<UInt8>, at offset: Int) -> Bool {
    (offset == 0 || bytes[offset - 1] == ASCII.newline)
      && bytes.has("#Fields:", at: offset, end: bytes.count)
  }
}
