/// Makes a record of the fields of one line: undoes escapes, splits the target, decides who
/// calls, and interns what rules group by.
struct RecordBuilder: Sendable {
  let columns: RecordColumns
  let identityKinds: [RecordBatch.IdentityKind]
  let routes: RouteTemplates
  let throttled: StatusSet

  /// What the records of one block have in common while it is parsed.
  struct Work {
    /// The reader of the line at hand, for its escapes.
    var reader: any LineReader
    /// Where that line begins in the block.
    var lineStart = 0
    /// Becomes the batch's when the block is done.
    var unescaped: [UInt8]
    /// Where a route is made of a path; its memory serves all lines.
    var scratch: [UInt8] = []
    var routes = RouteMemory()
    /// The method of the line before, which most lines share.
    var method = RecordBatch.TextRange.absent
    var methodSymbol = Symbol.none
  }

  /// Appends the record of `line`, a range of `bytes`.
  @inline(__always)
  func append(
    _ fields: inout RecordFields, _ bytes: Span<UInt8>, _ line: Range<Int>, _ work: inout Work,
    into batch: inout RecordBatch
  ) throws(MalformedLine) {
    guard let time = fields.time else { throw MalformedLine(.noTime, at: 0) }
    work.lineStart = line.lowerBound
    var row = RecordBatch.Row(time: time.milliseconds, line: RecordBatch.TextRange(line))
    setTarget(&fields, bytes, &work, &row, into: &batch)
    setCaller(&fields, bytes, &work, &row, into: &batch)
    if fields.status >= 0 { row.status = UInt16(truncatingIfNeeded: fields.status) }
    if fields.isThrottled || throttled.contains(fields.status) { row.flags.insert(.throttled) }
    if fields.method.isAbsent, fields.target.isAbsent, fields.path.isAbsent {
      row.flags.insert(.notHTTP)
    }
    batch.rows.append(row)
    if !columns.isEmpty { appendOptional(&fields, bytes, &work, into: &batch) }
    if fields.hasTrailingText { batch.trailingTextCount += 1 }
    if fields.isDisputed { batch.disputedCount += 1 }
    batch.count += 1
  }

  @inline(__always)
  private func setTarget(
    _ fields: inout RecordFields, _ bytes: Span<UInt8>, _ work: inout Work,
    _ row: inout RecordBatch.Row, into batch: inout RecordBatch
  ) {
    row.method = method(fields.method, bytes, &work, into: &batch.texts)
    if !fields.target.isAbsent {
      var path = work.resolve(fields.target, bytes)
      if work.first(path, bytes) != ASCII.slash { path = work.pathOfURL(path, bytes) }
      if let mark = work.index(of: UInt8(ascii: "?"), in: path, bytes) {
        if mark + 1 < path.count { row.query = path.dropping(mark + 1) }
        path.count = UInt32(truncatingIfNeeded: mark)
      }
      row.path = path
    } else {
      if !fields.path.isAbsent { row.path = work.resolve(fields.path, bytes) }
      if !fields.query.isAbsent { row.query = work.query(fields.query, bytes) }
    }
    row.route = route(row.path, bytes, &work, into: &batch.routes)
  }

  @inline(__always)
  private func setCaller(
    _ fields: inout RecordFields, _ bytes: Span<UInt8>, _ work: inout Work,
    _ row: inout RecordBatch.Row, into batch: inout RecordBatch
  ) {
    row.address = work.resolve(fields.address, bytes)
    var index = 0
    while index < identityKinds.count {
      if !fields.identities[index].isAbsent {
        let kind = identityKinds[index]
        row.identity = work.resolve(fields.identities[index], bytes)
        row.key = work.intern(row.identity, bytes, tag: kind.rawValue, into: &batch.keys)
        if kind == .secret { row.flags.insert(.secretIdentity) }
        return
      }
      index += 1
    }
    guard !row.address.isAbsent else { return }
    let tag = RecordBatch.IdentityKind.address.rawValue
    row.key = work.intern(row.address, bytes, tag: tag, into: &batch.keys)
    row.flags.insert(.addressIdentity)
  }

  @inline(__always)
  private func method(
    _ text: RecordFields.Text, _ bytes: Span<UInt8>, _ work: inout Work,
    into table: inout SymbolTable
  ) -> Symbol {
    if text.isAbsent { return .none }
    let range = work.resolve(text, bytes)
    if !range.isUnescaped, range.count == work.method.count,
      bytes.extracting(range.range).isSame(as: work.method.range, of: bytes)
    {
      return work.methodSymbol
    }
    let symbol = work.intern(range, bytes, tag: 0, into: &table)
    if !range.isUnescaped {
      work.method = range
      work.methodSymbol = symbol
    }
    return symbol
  }

  @inline(__always)
  private func route(
    _ path: RecordBatch.TextRange, _ bytes: Span<UInt8>, _ work: inout Work,
    into table: inout SymbolTable
  ) -> Symbol {
    if path.isAbsent { return .none }
    if path.isUnescaped {
      let text = work.unescaped
      let replaced = routes.firstReplaced(text.span, path.range)
      return route(text.span.extracting(path.range), replaced, &work.scratch, into: &table)
    }
    let replaced = routes.firstReplaced(bytes, path.range)
    guard let parts = RouteMemory.parts(path.range, replaced, of: bytes) else {
      return route(bytes.extracting(path.range), replaced, &work.scratch, into: &table)
    }
    if let known = work.routes.symbol(of: parts, in: bytes) { return known }
    let symbol = route(bytes.extracting(path.range), replaced, &work.scratch, into: &table)
    work.routes.note(symbol, of: parts, in: bytes)
    return symbol
  }

  private func route(
    _ path: Span<UInt8>, _ replaced: Int?, _ scratch: inout [UInt8], into table: inout SymbolTable
  ) -> Symbol {
    guard let start = replaced else { return table.symbol(for: path) }
    scratch.removeAll(keepingCapacity: true)
    routes.normalise(path, from: start, into: &scratch)
    return table.symbol(for: scratch.span)
  }
}

extension Span<UInt8> {
  /// Whether these few bytes are those of `range` of `text`.
  @inline(__always)
  fileprivate func isSame(as range: Range<Int>, of text: Span<UInt8>) -> Bool {
    var index = 0
    while index < count {
      if self[index] != text[range.lowerBound + index] { return false }
      index += 1
    }
    return true
  }
}

// MARK: - Optional columns

extension RecordBuilder {
  private func appendOptional(
    _ fields: inout RecordFields, _ bytes: Span<UInt8>, _ work: inout Work,
    into batch: inout RecordBatch
  ) {
    if columns.contains(.host) {
      batch.host.append(host(&fields, bytes, &work, into: &batch.texts))
    }
    if columns.contains(.protocol) {
      batch.protocol.append(work.intern(fields.protocol, bytes, into: &batch.texts))
    }
    if columns.contains(.userAgent) {
      batch.userAgent.append(work.resolve(fields.userAgent, bytes))
    }
    if columns.contains(.referrer) {
      batch.referrer.append(work.resolve(fields.referrer, bytes))
    }
    if columns.contains(.requestID) {
      batch.requestID.append(work.resolve(fields.requestID, bytes))
    }
    if columns.contains(.bytes) {
      batch.bytesOut.append(fields.bytesOut)
      batch.bytesIn.append(fields.bytesIn)
    }
    if columns.contains(.latency) {
      batch.latencyMicroseconds.append(fields.latencyMicroseconds)
      batch.upstreamLatencyMicroseconds.append(fields.upstreamLatencyMicroseconds)
    }
    if columns.contains(.named) {
      batch.namedRoute.append(work.intern(fields.route, bytes, into: &batch.texts))
      batch.namedAPI.append(work.intern(fields.api, bytes, into: &batch.texts))
      batch.namedVersion.append(work.intern(fields.apiVersion, bytes, into: &batch.texts))
    }
  }

  /// The host as logged, else that of an absolute target.
  private func host(
    _ fields: inout RecordFields, _ bytes: Span<UInt8>, _ work: inout Work,
    into table: inout SymbolTable
  ) -> Symbol {
    if !fields.host.isAbsent { return work.intern(fields.host, bytes, into: &table) }
    if fields.target.isAbsent || fields.target.count == 0 { return .none }
    if bytes[work.lineStart + Int(fields.target.start)] == ASCII.slash { return .none }
    let range = work.resolve(fields.target, bytes)
    guard let authority = work.authority(range, bytes) else { return .none }
    var host = range.dropping(authority.lowerBound)
    host.count = UInt32(truncatingIfNeeded: authority.count)
    return work.intern(host, bytes, tag: 0, into: &table)
  }
}
