/// Turns blocks of whole lines into batches of records. It holds no state between blocks, so
/// that one may serve many threads, or each thread have its own; the batches are the same.
public struct BlockParser: Sendable {
  let readers: [any LineReader]
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
    self.readers = readers
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
    parseLines(block.bytes, into: &batch)
  }

  /// Parses the lines of `bytes` into `batch`, which keeps its memory and loses what it held.
  public func parse(_ bytes: consuming [UInt8], into batch: inout RecordBatch) {
    batch.removeAll()
    parseLines(bytes, into: &batch)
  }

  private func parseLines(_ bytes: consuming [UInt8], into batch: inout RecordBatch) {
    let bytes = bytes
    precondition(bytes.count <= LineBlocks.blockBytesMax, "a block is too large")
    parseLines(bytes.span, into: &batch)
    batch.bytes = bytes
  }

  private func parseLines(_ bytes: Span<UInt8>, into batch: inout RecordBatch) {
    let reader = readers[0]
    var work = RecordBuilder.Work(reader: reader, unescaped: [])
    swap(&work.unescaped, &batch.unescaped)
    var fields = RecordFields()
    var start = 0
    while start < bytes.count {
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
          readOtherwise(bytes, start..<end, error, &fields, &work, into: &batch)
        }
      }
      start = newline + 1
    }
    batch.takeRows()
    swap(&work.unescaped, &batch.unescaped)
  }

  /// The other readers have their turn. Where none of them knows the line either, what the
  /// first one said of it counts.
  private func readOtherwise(
    _ bytes: Span<UInt8>, _ range: Range<Int>, _ fault: MalformedLine,
    _ fields: inout RecordFields, _ work: inout RecordBuilder.Work, into batch: inout RecordBatch
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
