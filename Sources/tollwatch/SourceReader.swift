import AccessLog
import Ingest

/// Reads the segments of one source, one after the other, as blocks of whole lines.
struct SourceReader: ~Copyable {
  enum Step: Sendable {
    case block(LineBlocks.Block, segment: Int)
    /// Bytes are missing here.
    case gap
    /// Something that the person should know.
    case note(String)
    /// The checksum that should have vouched for these bytes is wrong or missing.
    case unverified(segment: Int, bytes: Range<Int64>)
  }

  private let segments: [Segment]
  private var index = 0
  private var reader: SegmentReader?
  private let findsHeaders: Bool
  private var lines: LineBlocks
  private var waiting: [Step] = []
  private var first = 0
  private let meter: ReadingMeter
  /// One a segment, or none at all.
  private let digests: [InputDigest]
  /// Compressed bytes of the segment that the meter knows of.
  private var meteredBytes: Int64 = 0

  init(
    _ segments: [Segment], findsHeaders: Bool = false, meter: ReadingMeter = ReadingMeter(),
    digests: [InputDigest] = []
  ) {
    self.findsHeaders = findsHeaders
    lines = LineBlocks(findsHeaders: findsHeaders)
    self.segments = segments
    self.digests = digests
    self.meter = meter
    reader = nil
  }

  /// The next step, or nil when all segments have been read.
  mutating func next() -> Step? {
    while first >= waiting.count {
      waiting.removeAll(keepingCapacity: true)
      first = 0
      guard index < segments.count else { return nil }
      advance()
    }
    first += 1
    return waiting[first - 1]
  }

  private mutating func advance() {
    do throws(IngestError) {
      if reader == nil { try open() }
      let event = try reader?.next()
      tellMeter(reader?.compressedBytesRead ?? 0)
      if let event {
        take(event)
      } else {
        endSegment()
      }
    } catch {
      waiting.append(.note("not read on: \(error)"))
      waiting.append(.gap)
      endSegment()
    }
  }

  private mutating func open() throws(IngestError) {
    reader = try SegmentReader(segments[index])
    guard digests.indices.contains(index) else { return }
    let digest = digests[index]
    reader?.observeInput { digest.add($1, at: $0) }
  }

  private mutating func tellMeter(_ bytes: Int64) {
    meter.add(bytes - meteredBytes)
    meteredBytes = bytes
  }

  private mutating func take(_ event: consuming SegmentEvent) {
    switch consume event {
    case .chunk(let bytes, startOffset: _):
      var blocks: [LineBlocks.Block] = []
      lines.push(bytes, into: &blocks)
      append(blocks)
    case .fault(let fault):
      waiting.append(.note("\(segments[index].path): \(fault)"))
      if !fault.isHarmless { breakHere() }
    case .memberFailed(let range):
      waiting.append(.unverified(segment: index, bytes: range))
    case .gap: breakHere()
    }
  }

  /// What follows does not continue the line that is open.
  private mutating func breakHere() {
    finishLine()
    waiting.append(.gap)
  }

  private mutating func endSegment() {
    finishLine()
    // What could not be read is done with as well.
    if let size = segments[index].byteCount { tellMeter(size) }
    meteredBytes = 0
    if digests.indices.contains(index) { digests[index].finish() }
    lines = LineBlocks(findsHeaders: findsHeaders)
    reader = nil
    index += 1
  }

  private mutating func finishLine() {
    var blocks: [LineBlocks.Block] = []
    lines.finish(into: &blocks)
    append(blocks)
  }

  private mutating func append(_ blocks: [LineBlocks.Block]) {
    for block in blocks { waiting.append(.block(block, segment: index)) }
  }
}
