/// Turns blocks of whole lines into batches of records. It holds no state between blocks, so
/// that one may serve many threads, or each thread have its own; the batches are the same.
public struct BlockParser: Sendable {
  let readers: [any LineReader]
  /// Whether blocks must tell what line before them named the columns.
  public let hasHeaders: Bool
  private let builder: RecordBuilder

  /// - Parameters:
  ///   - readers: tried in order on each line.
  ///   - identityKinds: of the source's identity fields, in their order; see
  ///     ``FormatDescription/identityKinds``.
  ///   - throttledStatuses: answers by which the gateway says that it throttled.
  public init(
    readers: [any LineReader], identityKinds: [RecordBatch.IdentityKind] = [],
    throttledStatuses: [Int] = [429], routes: RouteTemplates = RouteTemplates(),
    columns: RecordColumns = []
  ) {
    precondition(!readers.isEmpty, "a parser needs a reader")
    precondition(identityKinds.count <= 4, "a record has four identities")
    self.readers = readers.map { $0.reading(only: columns) }
    hasHeaders = readers.contains(where: \.hasHeaders)
    builder = RecordBuilder(
      columns: columns, identityKinds: identityKinds, routes: routes,
      throttled: StatusSet(throttledStatuses))
  }

  var identityKinds: [RecordBatch.IdentityKind] { builder.identityKinds }

  /// Parses the lines of `block` into `batch`, which keeps its memory and loses what it held.
  public func parse(_ block: consuming LineBlocks.Block, into batch: inout RecordBatch) {
    let dropCount = block.droppedLineCount
    let startOffset = block.startOffset
    batch.removeAll()
    batch.startOffset = startOffset
    for _ in 0..<dropCount {
      batch.lineCount += 1
      batch.appendTooLong()
    }
    let header = block.header
    parseLines(block.bytes, header, into: &batch)
  }

  /// Parses the lines of `bytes` into `batch`, which keeps its memory and loses what it held.
  public func parse(_ bytes: consuming [UInt8], into batch: inout RecordBatch) {
    batch.removeAll()
    parseLines(bytes, [], into: &batch)
  }

  private func parseLines(
    _ bytes: consuming [UInt8], _ header: [UInt8], into batch: inout RecordBatch
  ) {
    let bytes = bytes
    precondition(bytes.count <= LineBlocks.blockBytesMax, "a block is too large")
    if hasHeaders {
      parsePieces(bytes.span, header, into: &batch)
    } else {
      parseLines(bytes.span, 0..<bytes.count, by: readers, into: &batch)
    }
    batch.takeRows()
    batch.bytes = bytes
  }

  /// Lines behind one that names columns are only for the readers that know these.
  private func parsePieces(
    _ bytes: Span<UInt8>, _ header: [UInt8], into batch: inout RecordBatch
  ) {
    var known = readers(describedBy: header.span)
    var start = 0
    while start < bytes.count {
      let next = Self.headerLine(in: bytes, from: start + 1) ?? bytes.count
      if let line = Self.line(at: start, of: bytes), LineBlocks.isHeader(bytes, at: start) {
        known = readers(describedBy: bytes.extracting(line))
      }
      parseLines(bytes, start..<next, by: known, into: &batch)
      start = next
    }
  }

  private func readers(describedBy header: Span<UInt8>) -> [any LineReader] {
    header.isEmpty
      ? readers : readers.filter { !$0.hasHeaders || $0.isDescribed(by: header) }
  }

  /// Where the next line begins that names columns.
  private static func headerLine(in bytes: Span<UInt8>, from start: Int) -> Int? {
    var from = start
    while from < bytes.count, let mark = bytes.firstIndex(of: UInt8(ascii: "#"), from: from) {
      if LineBlocks.isHeader(bytes, at: mark) { return mark }
      from = mark + 1
    }
    return nil
  }

  /// The line that begins at `start`, without its end.
  static func line(at start: Int, of bytes: Span<UInt8>) -> Range<Int>? {
    guard start < bytes.count else { return nil }
    var end = bytes.firstIndex(of: ASCII.newline, from: start) ?? bytes.count
    if end > start, bytes[end - 1] == ASCII.carriageReturn { end -= 1 }
    return start..<end
  }

  private func parseLines(
    _ bytes: Span<UInt8>, _ range: Range<Int>, by readers: [any LineReader],
    into batch: inout RecordBatch
  ) {
    guard let reader = readers.first else { return refuse(bytes, range, into: &batch) }
    var work = RecordBuilder.Work(reader: reader, unescaped: [])
    swap(&work.unescaped, &batch.unescaped)
    var fields = RecordFields()
    var start = range.lowerBound
    while start < range.upperBound {
      let newline = bytes.firstIndex(of: ASCII.newline, from: start) ?? bytes.count
      var end = newline
      if end > start, bytes[end - 1] == ASCII.carriageReturn { end -= 1 }
      batch.lineCount += 1
      if end == start {
        batch.blankLineCount += 1
      } else if end - start > LineBlocks.lineBytesMax {
        batch.appendTooLong()
      } else {
        do throws(MalformedLine) {
          fields.reset()
          try reader.read(bytes.extracting(start..<end), into: &fields)
          try builder.append(&fields, bytes, start..<end, &work, into: &batch)
        } catch {
          readOtherwise(bytes, start..<end, error, readers, &fields, &work, into: &batch)
        }
      }
      start = newline + 1
    }
    swap(&work.unescaped, &batch.unescaped)
  }

  /// Lines of columns that no reader knows: a value would be taken for another.
  private func refuse(_ bytes: Span<UInt8>, _ range: Range<Int>, into batch: inout RecordBatch) {
    var start = range.lowerBound
    while start < range.upperBound, let line = Self.line(at: start, of: bytes) {
      batch.lineCount += 1
      if line.isEmpty || bytes[start] == UInt8(ascii: "#") && !LineBlocks.isHeader(bytes, at: start)
      {
        batch.blankLineCount += 1
      } else {
        batch.appendMalformed(MalformedLine(.changedColumns, at: 0), line)
      }
      start = (bytes.firstIndex(of: ASCII.newline, from: start) ?? bytes.count) + 1
    }
  }

  /// The other readers have their turn. Where none of them knows the line either, what the
  /// first one said of it counts.
  private func readOtherwise(
    _ bytes: Span<UInt8>, _ range: Range<Int>, _ fault: MalformedLine,
    _ readers: [any LineReader], _ fields: inout RecordFields, _ work: inout RecordBuilder.Work,
    into batch: inout RecordBatch
  ) {
    defer { work.reader = readers[0] }
    for reader in readers.dropFirst() {
      do throws(MalformedLine) {
        fields.reset()
        try reader.read(bytes.extracting(range), into: &fields)
        work.reader = reader
        try builder.append(&fields, bytes, range, &work, into: &batch)
        return
      } catch {
        if error.reason == .comment {
          batch.blankLineCount += 1
          return
        }
      }
    }
    if fault.reason == .comment {
      batch.blankLineCount += 1
    } else {
      batch.appendMalformed(fault, range)
    }
  }
}

extension FormatDescription {
  /// What the identity fields are, in their order, as ``BlockParser`` wants it.
  public var identityKinds: [RecordBatch.IdentityKind] {
    identity.map { $0.isSecret ? .secret : .name }
  }
}

extension RecordBatch {
  /// Forgets all records and keeps the memory.
  package mutating func removeAll() {
    segmentIndex = 0
    startOffset = 0
    isUnverified = false
    count = 0
    lineCount = 0
    blankLineCount = 0
    trailingTextCount = 0
    disputedCount = 0
    bytes = []
    unescaped.removeAll(keepingCapacity: true)
    malformed.removeAll(keepingCapacity: true)
    keys.removeAll()
    routes.removeAll()
    texts.removeAll()
    removeColumns()
  }

  private mutating func removeColumns() {
    time.removeAll(keepingCapacity: true)
    line.removeAll(keepingCapacity: true)
    key.removeAll(keepingCapacity: true)
    route.removeAll(keepingCapacity: true)
    method.removeAll(keepingCapacity: true)
    status.removeAll(keepingCapacity: true)
    flags.removeAll(keepingCapacity: true)
    query.removeAll(keepingCapacity: true)
    path.removeAll(keepingCapacity: true)
    address.removeAll(keepingCapacity: true)
    identity.removeAll(keepingCapacity: true)
    removeOptionalColumns()
  }

  private mutating func removeOptionalColumns() {
    host.removeAll(keepingCapacity: true)
    `protocol`.removeAll(keepingCapacity: true)
    userAgent.removeAll(keepingCapacity: true)
    referrer.removeAll(keepingCapacity: true)
    requestID.removeAll(keepingCapacity: true)
    bytesOut.removeAll(keepingCapacity: true)
    bytesIn.removeAll(keepingCapacity: true)
    latencyMicroseconds.removeAll(keepingCapacity: true)
    upstreamLatencyMicroseconds.removeAll(keepingCapacity: true)
    namedRoute.removeAll(keepingCapacity: true)
    namedAPI.removeAll(keepingCapacity: true)
    namedVersion.removeAll(keepingCapacity: true)
  }

  mutating func appendMalformed(_ fault: MalformedLine, _ range: Range<Int>) {
    malformed.append(Malformed(recordIndex: count, line: TextRange(range), fault: fault))
  }

  /// A line that was too long has no text, whoever noticed it: so the result is the same
  /// wherever the chunks ended.
  mutating func appendTooLong() {
    let fault = MalformedLine(.tooLong, at: LineBlocks.lineBytesMax)
    malformed.append(Malformed(recordIndex: count, line: .absent, fault: fault))
  }
}
