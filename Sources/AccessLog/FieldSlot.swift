/// What a variable of a template, or a path of a JSON map, says about the request.
enum FieldSlot: UInt8, Sendable {
  case ignored
  case time, address, host, method, target, path, query
  case `protocol`, referrer, userAgent, requestID, route, api, version
  case status, bytesOut, bytesIn, latency, upstreamLatency, throttled
  /// Method, target and protocol in one: `GET /v1/orders HTTP/1.1`.
  case request
  case identity0, identity1, identity2, identity3
  /// A part of the time stamp, or all of it, as a ``TimePattern`` spells it.
  case timeParts
  /// The client's own word for its user, which is no address: where it is one, the format has
  /// a column too few.
  case ident
  /// One of several durations whose sum is the latency; the second is the upstream's besides.
  case latencyPart, upstreamPart
  /// The address of a variable that counts where the best one is empty.
  case spareAddress

  var isPartOfRequest: Bool {
    switch self {
    case .method, .target, .path, .query, .protocol: true
    default: false
    }
  }

  /// The column that it is for, where somebody must ask for that.
  var column: RecordColumns? {
    switch self {
    case .host: .host
    case .protocol: .protocol
    case .referrer: .referrer
    case .userAgent: .userAgent
    case .requestID: .requestID
    case .bytesOut, .bytesIn: .bytes
    case .latency, .upstreamLatency, .latencyPart, .upstreamPart: .latency
    case .route, .api, .version: .named
    default: nil
    }
  }

  static func identity(_ index: Int) -> FieldSlot {
    [.identity0, .identity1, .identity2, .identity3][index]
  }
}

/// The unit in which a writer logs a time or a duration.
enum FieldUnit: UInt8, Sendable {
  case none
  case seconds, milliseconds, microseconds, nanoseconds
  case epochSeconds, epochMilliseconds
  case rfc3339, clf
  /// `$limit_req_status`: words, of which two mean that the request was refused.
  case limitStatus
  /// Envoy's response flags: `RL` or `RLSE` among others, with commas between them; or their
  /// long names, `RateLimited` and `RateLimitServiceError`.
  case envoyFlags
  /// Envoy's `%RESPONSE_CODE_DETAILS%`: of its many words three are of the rate limiters.
  case envoyDetails
  /// API Gateway's `$context.error.responseType`, `THROTTLED` or `QUOTA_EXCEEDED`, and
  /// CloudFront's `x-edge-result-type`, `LimitExceeded`.
  case errorType
  /// `1.2ms`, `312µs`, `1m0.5s`, as Go writes durations.
  case goDuration
  /// W3C's `time-taken` as IIS writes it: whole milliseconds. A writer of seconds is known by its
  /// `#Software` line, which the format then has, too.
  case w3cDuration

  /// The power of ten that makes microseconds of it.
  var decimalsToMicroseconds: Int {
    switch self {
    case .milliseconds: 3
    case .microseconds: 0
    case .nanoseconds: -3
    default: 6
    }
  }
}

/// Where a text goes, and how it is to be read.
struct FieldUse: Sendable {
  var slot: FieldSlot
  var unit: FieldUnit
  /// `-` means that there is none.
  var dashIsAbsent = true
  /// `-` means none were sent, as in Apache's `%b`.
  var dashIsZero = false
  /// It is logged as it stood in a URL.
  var isPercentEncoded = false
  /// It may have been encoded twice.
  var isEncodedTwice = false
}

extension RecordFields {
  /// Reads `range` of `line` into the field that `use` names. Texts that stand for nothing
  /// leave it absent.
  @inline(__always)
  mutating func set(
    _ use: FieldUse, _ range: Range<Int>, of line: Span<UInt8>, isEscaped: Bool
  ) throws(MalformedLine) {
    if range.isEmpty { return }
    if use.dashIsAbsent, range.count == 1, line[range.lowerBound] == ASCII.dash {
      if use.dashIsZero { bytesOut = 0 }
      return
    }
    switch use.slot {
    case .ignored: break
    case .time: time = try time(use, range, line)
    case .status: status = try Self.status(range, line)
    case .request: setRequest(range, line, isEscaped)
    case .ident:
      if AddressText.isList(line.extracting(range)) {
        throw MalformedLine(.literal, at: range.lowerBound)
      }
    case .bytesOut, .bytesIn, .latency, .upstreamLatency, .throttled, .latencyPart, .upstreamPart:
      try setNumber(use, range, line)
    case .address:
      let host = try Self.addressRange(range, line)
      if !host.isEmpty { address = Text(host, isEscaped: isEscaped) }
    default:
      if use.slot.isPartOfRequest, Self.isBadRequest(range, line) { return }
      var text = Text(range, isEscaped: isEscaped, isPercentEncoded: use.isPercentEncoded)
      text.isEncodedTwice = use.isEncodedTwice
      setText(use.slot, text)
    }
  }

  /// What HAProxy has in place of each part of a request that it could not read.
  private static func isBadRequest(_ range: Range<Int>, _ line: Span<UInt8>) -> Bool {
    range.count == 8 && line.has("<BADREQ>", at: range.lowerBound, end: range.upperBound)
  }

  /// Takes the second address where the line lacks the first.
  mutating func settleAddress(of line: Span<UInt8>) {
    let spare = spareAddress
    guard address.isAbsent, !spare.isAbsent,
      let host = try? Self.addressRange(spare.range, line), !host.isEmpty
    else { return }
    address = Text(host, isEscaped: spare.isEscaped)
  }

  /// The address without port and brackets. Of a list it is the last that is no private one: what
  /// the nearest proxy saw, and not what the client made up. Where all are private it is the
  /// first.
  @inline(__always)
  private static func addressRange(
    _ range: Range<Int>, _ line: Span<UInt8>
  ) throws(MalformedLine) -> Range<Int> {
    // Digits, dots and slashes, with which nothing unusual is written.
    if line.isWithin(ASCII.dot, UInt8(ascii: "9"), in: range) { return range }
    return try unusualAddressRange(range, line)
  }

  private static func unusualAddressRange(
    _ range: Range<Int>, _ line: Span<UInt8>
  ) throws(MalformedLine) -> Range<Int> {
    var end = range.upperBound
    while true {
      let comma = line.lastIndex(of: ASCII.comma, in: range.lowerBound..<end)
      let start = comma.map { $0 + 1 } ?? range.lowerBound
      let address = try oneAddressRange(start..<end, line)
      guard let comma, AddressText.isPrivate(line.extracting(address)) else { return address }
      end = comma
    }
  }

  private static func oneAddressRange(
    _ range: Range<Int>, _ line: Span<UInt8>
  ) throws(MalformedLine) -> Range<Int> {
    var start = range.lowerBound
    while start < range.upperBound, line[start] == ASCII.space { start += 1 }
    let address = start..<range.upperBound
    // Two words are no address: the format is another one.
    if let space = line.firstIndex(of: ASCII.space, in: address) {
      throw MalformedLine(.literal, at: space)
    }
    guard start < range.upperBound else { return address }
    if line[start] == UInt8(ascii: "["),
      let end = line.firstIndex(of: UInt8(ascii: "]"), in: address)
    {
      return start + 1..<end
    }
    guard let colon = line.firstIndex(of: ASCII.colon, in: address),
      line.firstIndex(of: ASCII.dot, in: start..<colon) != nil,
      line.firstIndex(of: ASCII.colon, in: colon + 1..<range.upperBound) == nil
    else { return address }
    return start..<colon
  }

  @inline(__always)
  private mutating func setRequest(_ range: Range<Int>, _ line: Span<UInt8>, _ isEscaped: Bool) {
    guard let request = RequestLine(line, range) else { return }
    // Every escape of a log needs a backslash, which no method has.
    method = Text(request.method)
    if !request.isTargetAbsent(line) { target = Text(request.target, isEscaped: isEscaped) }
    if let range = request.protocol { `protocol` = Text(range) }
  }

  @inline(__always)
  mutating func setText(_ slot: FieldSlot, _ text: Text) {
    switch slot {
    case .address: address = text
    case .spareAddress: spareAddress = text
    case .host: host = text
    case .method: method = text
    case .target: target = text
    case .path: path = text
    case .query: query = text
    case .protocol: `protocol` = text
    case .referrer: referrer = text
    case .userAgent: userAgent = text
    case .requestID: requestID = text
    case .route: route = text
    case .api: api = text
    case .version: apiVersion = text
    case .identity0: identities[0] = text
    case .identity1: identities[1] = text
    case .identity2: identities[2] = text
    case .identity3: identities[3] = text
    default: break
    }
  }

  private mutating func setNumber(
    _ use: FieldUse, _ range: Range<Int>, _ line: Span<UInt8>
  ) throws(MalformedLine) {
    switch use.slot {
    case .bytesOut: bytesOut = try Self.integer(range, line)
    case .bytesIn: bytesIn = try Self.integer(range, line)
    case .latency: latencyMicroseconds = try Self.microseconds(use.unit, range, line)
    case .upstreamLatency:
      upstreamLatencyMicroseconds = try Self.microseconds(use.unit, range, line)
    case .latencyPart: addToLatency(try Self.microseconds(use.unit, range, line))
    case .upstreamPart:
      upstreamLatencyMicroseconds = try Self.microseconds(use.unit, range, line)
      addToLatency(upstreamLatencyMicroseconds)
    default: if Self.isThrottled(use.unit, range, line) { isThrottled = true }
    }
  }

  /// A sum of which one part is missing is missing: -2 until the line is read.
  private mutating func addToLatency(_ part: Int64) {
    guard part >= 0, latencyMicroseconds >= -1 else {
      latencyMicroseconds = -2
      return
    }
    let (sum, overflow) = max(latencyMicroseconds, 0).addingReportingOverflow(part)
    latencyMicroseconds = overflow ? -2 : sum
  }

  @inline(__always)
  private mutating func time(
    _ use: FieldUse, _ range: Range<Int>, _ line: Span<UInt8>
  ) throws(MalformedLine) -> EventTime {
    let found =
      use.unit == .clf
      ? clockCache.clf(line, range)
      : Self.otherTime(use, line.extracting(range))
    guard let found else { throw MalformedLine(.badTime, at: range.lowerBound) }
    if use.unit == .rfc3339 { isWallClock = TimeStamps.lacksZone(line.extracting(range)) }
    return found
  }

  private static func otherTime(_ use: FieldUse, _ text: Span<UInt8>) -> EventTime? {
    switch use.unit {
    case .epochSeconds: TimeStamps.epoch(text, decimalsToMilliseconds: 3)
    case .epochMilliseconds: TimeStamps.epoch(text, decimalsToMilliseconds: 0)
    case .microseconds: TimeStamps.epoch(text, decimalsToMilliseconds: -3)
    case .nanoseconds: TimeStamps.epoch(text, decimalsToMilliseconds: -6)
    default: TimeStamps.rfc3339(text)
    }
  }

  /// Any number of up to three digits: 000 and 499 are as legal as 200.
  @inline(__always)
  private static func status(
    _ range: Range<Int>, _ line: Span<UInt8>
  ) throws(MalformedLine) -> Int32 {
    guard range.count <= 3 else { throw MalformedLine(.outOfRange, at: range.lowerBound) }
    if isMinusOne(range, line) { return -1 }
    var value: Int32 = 0
    for offset in range {
      guard line[offset].isDigit else { throw MalformedLine(.notANumber, at: offset) }
      value = value &* 10 &+ Int32(line[offset] &- 0x30)
    }
    return value
  }

  private static func integer(
    _ range: Range<Int>, _ line: Span<UInt8>
  ) throws(MalformedLine) -> Int64 {
    if let value = DecimalNumber.integer(line.extracting(range)) { return value }
    if isMinusOne(range, line) { return -1 }
    // A plus means that more was to come: HAProxy's `option logasap`.
    let start = range.lowerBound + (line[range.lowerBound] == UInt8(ascii: "+") ? 1 : 0)
    guard let value = DecimalNumber.scaled(line.extracting(start..<range.upperBound), by: 0) else {
      throw MalformedLine(.notANumber, at: range.lowerBound)
    }
    return value
  }

  /// A duration, or the sum of a list of them: nginx writes `0.002, 0.010 : 0.001` where it
  /// tried several upstreams, one after the other.
  private static func microseconds(
    _ unit: FieldUnit, _ range: Range<Int>, _ line: Span<UInt8>
  ) throws(MalformedLine) -> Int64 {
    if isMinusOne(range, line) { return -1 }
    if unit.isUnusual {
      return try UnusualDuration.microseconds(unit, line, range)
    }
    let decimals = unit.decimalsToMicroseconds
    var sum: Int64 = -1
    var start = range.lowerBound
    while start < range.upperBound {
      var end = start
      while end < range.upperBound, !isListSeparator(line[end]) { end += 1 }
      if end > start, !(end - start == 1 && line[start] == ASCII.dash) {
        // A plus means that more was to come: HAProxy's `option logasap`.
        if line[start] == UInt8(ascii: "+") { start += 1 }
        guard let value = DecimalNumber.scaled(line.extracting(start..<end), by: decimals) else {
          throw MalformedLine(.notANumber, at: start)
        }
        let (total, overflow) = max(sum, 0).addingReportingOverflow(value)
        if overflow { throw MalformedLine(.outOfRange, at: start) }
        sum = total
      }
      start = end + 1
    }
    return sum
  }

  @inline(__always)
  private static func isListSeparator(_ byte: UInt8) -> Bool {
    byte == ASCII.comma || byte == ASCII.space || byte == ASCII.colon
  }

  /// `-1` is how Kong and others write that there was no upstream.
  private static func isMinusOne(_ range: Range<Int>, _ line: Span<UInt8>) -> Bool {
    range.count == 2 && line.has("-1", at: range.lowerBound, end: range.upperBound)
  }

  private static func isThrottled(
    _ unit: FieldUnit, _ range: Range<Int>, _ line: Span<UInt8>
  ) -> Bool {
    let text = line.extracting(range)
    switch unit {
    case .limitStatus: return text.count == 8 && text.has("REJECTED", at: 0, end: 8)
    case .errorType:
      return text.has("THROTTLED", at: 0, end: text.count)
        || text.has("QUOTA_EXCEEDED", at: 0, end: text.count)
        || text.has("LimitExceeded", at: 0, end: text.count)
    case .envoyFlags: return hasRateLimitFlag(text)
    case .envoyDetails:
      return text.isEqual(to: "request_rate_limited") || text.isEqual(to: "local_rate_limited")
        || text.isEqual(to: "rate_limiter_error")
    default: break
    }
    return text.has("true", at: 0, end: text.count) || text.has("1", at: 0, end: text.count)
  }

  /// `RL`: the rate limit was exceeded; `RLSE`: the service that counts could not say. Both have
  /// long names, too.
  private static func hasRateLimitFlag(_ text: Span<UInt8>) -> Bool {
    var start = 0
    while start < text.count {
      let end = text.firstIndex(of: ASCII.comma, from: start) ?? text.count
      let flag = text.extracting(start..<end)
      if flag.isEqual(to: "RL") || flag.isEqual(to: "RLSE") || flag.isEqual(to: "RateLimited")
        || flag.isEqual(to: "RateLimitServiceError")
      {
        return true
      }
      start = end + 1
    }
    return false
  }
}
