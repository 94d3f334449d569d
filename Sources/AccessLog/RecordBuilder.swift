/// Makes a record of the fields of one line: undoes escapes, splits the target, decides who
/// calls, and interns what rules group by. It serves the lines of one block.
struct RecordBuilder {
  private let columns: RecordColumns
  private let identityKinds: [RecordBatch.IdentityKind]
  private let routes: RouteTemplates
  private let throttled: StatusSet

  /// Becomes the batch's when the block is done.
  private(set) var unescaped: [UInt8]
  /// Where a route is made of a path; its memory serves all lines.
  private var scratch: [UInt8] = []

  init(
    columns: RecordColumns, identityKinds: [RecordBatch.IdentityKind], routes: RouteTemplates,
    throttled: StatusSet, unescaped: consuming [UInt8]
  ) {
    self.columns = columns
    self.identityKinds = identityKinds
    self.routes = routes
    self.throttled = throttled
    self.unescaped = unescaped
  }

  /// Appends the record of `line`, a range of `bytes`.
  @inline(__always)
  mutating func append<Reader: LineReader>(
    _ fields: RecordFields, _ bytes: Span<UInt8>, _ line: Range<Int>, _ reader: Reader,
    into batch: inout RecordBatch
  ) throws(MalformedLine) {
    guard let time = fields.time else { throw MalformedLine(.noTime, at: 0) }
    let source = LineSource(reader: reader, start: line.lowerBound)
    appendTarget(fields, bytes, source, into: &batch)
    var flags = appendCaller(fields, bytes, source, into: &batch)
    if !columns.isEmpty { appendOptional(fields, bytes, source, into: &batch) }
    batch.time.append(time.milliseconds)
    batch.line.append(RecordBatch.TextRange(line))
    batch.status.append(fields.status < 0 ? .max : UInt16(truncatingIfNeeded: fields.status))
    if fields.isThrottled || throttled.contains(fields.status) { flags.insert(.throttled) }
    if fields.method.isAbsent, fields.target.isAbsent, fields.path.isAbsent {
      flags.insert(.notHTTP)
    }
    batch.flags.append(flags)
    if fields.hasTrailingText { batch.trailingTextCount += 1 }
    batch.count += 1
  }

  /// The reader, and where the line that it read begins in the block.
  private struct LineSource<Reader: LineReader> {
    let reader: Reader
    let start: Int
  }

  // MARK: - Columns

  @inline(__always)
  private mutating func appendTarget<Reader: LineReader>(
    _ fields: RecordFields, _ bytes: Span<UInt8>, _ source: LineSource<Reader>,
    into batch: inout RecordBatch
  ) {
    batch.method.append(intern(fields.method, bytes, source, into: &batch.texts))
    var path = RecordBatch.TextRange.absent
    var query = RecordBatch.TextRange.absent
    if !fields.target.isAbsent {
      path = resolve(fields.target, bytes, source)
      if first(path, bytes) != ASCII.slash { path = pathOfURL(path, bytes) }
      if let mark = index(of: UInt8(ascii: "?"), in: path, bytes) {
        query = path.dropping(mark + 1)
        if query.count == 0 { query = .absent }
        path.count = UInt32(truncatingIfNeeded: mark)
      }
    }
    if !fields.path.isAbsent, path.isAbsent { path = resolve(fields.path, bytes, source) }
    if !fields.query.isAbsent, query.isAbsent { query = resolve(fields.query, bytes, source) }
    batch.path.append(path)
    batch.query.append(query)
    batch.route.append(route(path, bytes, into: &batch.routes))
  }

  @inline(__always)
  private mutating func appendCaller<Reader: LineReader>(
    _ fields: RecordFields, _ bytes: Span<UInt8>, _ source: LineSource<Reader>,
    into batch: inout RecordBatch
  ) -> RecordBatch.Flags {
    let address = resolve(fields.address, bytes, source)
    batch.address.append(address)
    for index in identityKinds.indices where !fields.identities[index].isAbsent {
      let identity = resolve(fields.identities[index], bytes, source)
      let kind = identityKinds[index]
      batch.identity.append(identity)
      batch.key.append(intern(identity, bytes, tag: kind.rawValue, into: &batch.keys))
      return kind == .secret ? .secretIdentity : []
    }
    batch.identity.append(.absent)
    let tag = RecordBatch.IdentityKind.address.rawValue
    batch.key.append(intern(address, bytes, tag: tag, into: &batch.keys))
    return address.isAbsent ? [] : .addressIdentity
  }

  private mutating func appendOptional<Reader: LineReader>(
    _ fields: RecordFields, _ bytes: Span<UInt8>, _ source: LineSource<Reader>,
    into batch: inout RecordBatch
  ) {
    if columns.contains(.host) {
      batch.host.append(host(fields, bytes, source, into: &batch.texts))
    }
    if columns.contains(.protocol) {
      batch.protocol.append(intern(fields.protocol, bytes, source, into: &batch.texts))
    }
    if columns.contains(.userAgent) {
      batch.userAgent.append(resolve(fields.userAgent, bytes, source))
    }
    if columns.contains(.referrer) {
      batch.referrer.append(resolve(fields.referrer, bytes, source))
    }
    if columns.contains(.requestID) {
      batch.requestID.append(resolve(fields.requestID, bytes, source))
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
      batch.namedRoute.append(intern(fields.route, bytes, source, into: &batch.texts))
      batch.namedAPI.append(intern(fields.api, bytes, source, into: &batch.texts))
      batch.namedVersion.append(intern(fields.apiVersion, bytes, source, into: &batch.texts))
    }
  }

  // MARK: - Targets

  /// The host as logged, else that of an absolute target.
  private mutating func host<Reader: LineReader>(
    _ fields: RecordFields, _ bytes: Span<UInt8>, _ source: LineSource<Reader>,
    into table: inout SymbolTable
  ) -> Symbol {
    if !fields.host.isAbsent { return intern(fields.host, bytes, source, into: &table) }
    let target = fields.target
    guard !target.isAbsent, bytes[source.start + Int(target.start)] != ASCII.slash else {
      return .none
    }
    let range = resolve(target, bytes, source)
    guard let authority = authority(range, bytes) else { return .none }
    var host = range.dropping(authority.lowerBound)
    host.count = UInt32(truncatingIfNeeded: authority.count)
    return intern(host, bytes, tag: 0, into: &table)
  }

  /// The path and query of `http://host/path?query`; other targets, such as `*`, as they are.
  private mutating func pathOfURL(
    _ range: RecordBatch.TextRange, _ bytes: Span<UInt8>
  ) -> RecordBatch.TextRange {
    guard let authority = authority(range, bytes) else { return range }
    if authority.upperBound < range.count,
      byte(authority.upperBound, of: range, bytes) == ASCII.slash
    {
      return range.dropping(authority.upperBound)
    }
    // An empty path is the root; a query may follow it all the same.
    let start = unescaped.count
    unescaped.append(ASCII.slash)
    appendText(range.dropping(authority.upperBound), bytes)
    return .unescaped(start..<unescaped.count)
  }

  /// Where the host and port of an absolute URL stand, counted from the start of `range`.
  private func authority(
    _ range: RecordBatch.TextRange, _ bytes: Span<UInt8>
  ) -> Range<Int>? {
    guard let colon = index(of: ASCII.colon, in: range, bytes), colon > 0,
      colon + 3 <= range.count, byte(colon + 1, of: range, bytes) == ASCII.slash,
      byte(colon + 2, of: range, bytes) == ASCII.slash
    else { return nil }
    var end = colon + 3
    while end < range.count {
      let next = byte(end, of: range, bytes)
      if next == ASCII.slash || next == UInt8(ascii: "?") { break }
      end += 1
    }
    return colon + 3..<end
  }

  @inline(__always)
  private mutating func route(
    _ path: RecordBatch.TextRange, _ bytes: Span<UInt8>, into table: inout SymbolTable
  ) -> Symbol {
    if path.isAbsent { return .none }
    if path.isUnescaped {
      let text = unescaped
      return Self.route(text.span.extracting(path.range), routes, &scratch, into: &table)
    }
    return Self.route(bytes.extracting(path.range), routes, &scratch, into: &table)
  }

  @inline(__always)
  private static func route(
    _ path: Span<UInt8>, _ routes: RouteTemplates, _ scratch: inout [UInt8],
    into table: inout SymbolTable
  ) -> Symbol {
    if routes.isNormal(path) { return table.symbol(for: path) }
    scratch.removeAll(keepingCapacity: true)
    routes.normalise(path, into: &scratch)
    return table.symbol(for: scratch.span)
  }
}

// MARK: - Texts

extension RecordBuilder {
  /// Where `text` stands in the batch, with its escapes undone.
  @inline(__always)
  private mutating func resolve<Reader: LineReader>(
    _ text: RecordFields.Text, _ bytes: Span<UInt8>, _ source: LineSource<Reader>
  ) -> RecordBatch.TextRange {
    if text.isAbsent { return .absent }
    let start = source.start + Int(text.start)
    let range = start..<start + Int(text.count)
    if !text.isEscaped, !text.isPercentEncoded { return RecordBatch.TextRange(range) }
    return unescape(text, bytes.extracting(range), source.reader)
  }

  private mutating func unescape<Reader: LineReader>(
    _ text: RecordFields.Text, _ raw: Span<UInt8>, _ reader: Reader
  ) -> RecordBatch.TextRange {
    let start = unescaped.count
    if text.isEscaped {
      reader.unescape(raw, into: &unescaped)
    } else {
      unescaped.append(contentsOf: raw)
    }
    if text.isPercentEncoded { PercentEncoding.decode(&unescaped, from: start) }
    return .unescaped(start..<unescaped.count)
  }

  @inline(__always)
  private mutating func intern<Reader: LineReader>(
    _ text: RecordFields.Text, _ bytes: Span<UInt8>, _ source: LineSource<Reader>,
    into table: inout SymbolTable
  ) -> Symbol {
    if text.isAbsent { return .none }
    return intern(resolve(text, bytes, source), bytes, tag: 0, into: &table)
  }

  @inline(__always)
  private func intern(
    _ range: RecordBatch.TextRange, _ bytes: Span<UInt8>, tag: UInt8,
    into table: inout SymbolTable
  ) -> Symbol {
    if range.isAbsent { return .none }
    if range.isUnescaped {
      return table.symbol(for: unescaped.span.extracting(range.range), tag: tag)
    }
    return table.symbol(for: bytes.extracting(range.range), tag: tag)
  }

  /// Offset of the first `wanted` from the start of `range`.
  @inline(__always)
  private func index(
    of wanted: UInt8, in range: RecordBatch.TextRange, _ bytes: Span<UInt8>
  ) -> Int? {
    let found =
      range.isUnescaped
      ? unescaped.span.firstIndex(of: wanted, in: range.range)
      : bytes.firstIndex(of: wanted, in: range.range)
    return found.map { $0 - range.range.lowerBound }
  }

  @inline(__always)
  private func byte(
    _ offset: Int, of range: RecordBatch.TextRange, _ bytes: Span<UInt8>
  ) -> UInt8 {
    let index = range.range.lowerBound + offset
    return range.isUnescaped ? unescaped[index] : bytes[index]
  }

  @inline(__always)
  private func first(_ range: RecordBatch.TextRange, _ bytes: Span<UInt8>) -> UInt8? {
    range.count == 0 ? nil : byte(0, of: range, bytes)
  }

  private mutating func appendText(_ range: RecordBatch.TextRange, _ bytes: Span<UInt8>) {
    for offset in 0..<Int(range.count) { unescaped.append(byte(offset, of: range, bytes)) }
  }
}

extension RecordBatch.TextRange {
  @inline(__always)
  init(_ range: Range<Int>) {
    self.init(
      start: UInt32(truncatingIfNeeded: range.lowerBound),
      count: UInt32(truncatingIfNeeded: range.count))
  }

  static func unescaped(_ range: Range<Int>) -> Self {
    Self(
      start: UInt32(truncatingIfNeeded: range.lowerBound) | unescapedBit,
      count: UInt32(truncatingIfNeeded: range.count))
  }

  /// It stands in the batch's unescaped text.
  @inline(__always)
  var isUnescaped: Bool { start & Self.unescapedBit != 0 }

  /// In the text where it stands.
  @inline(__always)
  var range: Range<Int> {
    let first = Int(start & ~Self.unescapedBit)
    return first..<first + Int(count)
  }

  @inline(__always)
  func dropping(_ offset: Int) -> Self {
    Self(
      start: start + UInt32(truncatingIfNeeded: offset),
      count: count - UInt32(truncatingIfNeeded: offset))
  }
}

/// A set of HTTP statuses.
struct StatusSet: Sendable {
  private var words: [16 of UInt64] = .init(repeating: 0)

  init(_ statuses: [Int]) {
    for status in statuses where status >= 0 && status < 1024 {
      words[status / 64] |= 1 << UInt64(status % 64)
    }
  }

  @inline(__always)
  func contains(_ status: Int32) -> Bool {
    guard status >= 0, status < 1024 else { return false }
    return words[Int(status) / 64] >> UInt64(status % 64) & 1 == 1
  }
}
