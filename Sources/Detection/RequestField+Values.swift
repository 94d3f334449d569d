package import AccessLog

/// Where the value of a field stands in a batch; ``RequestField`` without its texts, so that
/// copying it counts no references.
enum FieldSlot: UInt8 {
  case constant
  case method, host, route, path, status, throttled, `protocol`
  case clientIP, userAgent, referrer, requestID
  case bytesIn, bytesOut, latencyMilliseconds
  case query

  init(_ field: RequestField) {
    switch field {
    case .method: self = .method
    case .host: self = .host
    case .route: self = .route
    case .path: self = .path
    case .status: self = .status
    case .throttled: self = .throttled
    case .protocol: self = .protocol
    case .clientIP: self = .clientIP
    case .userAgent: self = .userAgent
    case .referrer: self = .referrer
    case .requestID: self = .requestID
    case .bytesIn: self = .bytesIn
    case .bytesOut: self = .bytesOut
    case .latencyMilliseconds: self = .latencyMilliseconds
    case .query: self = .query
    }
  }
}

extension RequestField {
  /// A hash of the field's value, by which requests are joined; `nil` where it is absent.
  package func valueHash(
    of batch: borrowing RecordBatch, at index: Int, hash: SipHash
  ) -> UInt64? {
    switch self {
    case .query(let name):
      let name = name.utf8.span
      return batch.withQueryValue(named: name, at: index) { hash.hash($0, tag: 1) }
    case .status, .throttled, .bytesIn, .bytesOut, .latencyMilliseconds:
      guard let number = batch.number(FieldSlot(self), at: index) else { return nil }
      let bits = number.bitPattern
      let bytes = InlineArray<8, UInt8> { UInt8(truncatingIfNeeded: bits >> UInt64($0 * 8)) }
      return hash.hash(bytes.span, tag: 2)
    default:
      return batch.withText(FieldSlot(self), at: index) { hash.hash($0, tag: 1) }
    }
  }
}

extension RecordBatch {
  /// The number in `slot`; true and false are 1 and 0.
  func number(_ slot: FieldSlot, at index: Int) -> Double? {
    switch slot {
    case .status:
      let status = self.status[index]
      return status == .max ? nil : Double(status)
    case .throttled: return flags[index].contains(.throttled) ? 1 : 0
    case .bytesIn: return Self.number(bytesIn, index)
    case .bytesOut: return Self.number(bytesOut, index)
    case .latencyMilliseconds: return Self.number(latencyMicroseconds, index).map { $0 / 1000 }
    default: return nil
    }
  }

  /// A column that nobody asked for is empty, and its values are absent.
  private static func number(_ column: [Int64], _ index: Int) -> Double? {
    guard index < column.count, column[index] >= 0 else { return nil }
    return Double(column[index])
  }

  /// Calls `body` with the text in `slot`; `nil` where it is absent.
  func withText<Result>(
    _ slot: FieldSlot, at index: Int, _ body: (Span<UInt8>) -> Result
  ) -> Result? {
    switch slot {
    case .method: withSymbol(method, texts, index, body)
    case .host: withSymbol(host, texts, index, body)
    case .protocol: withSymbol(`protocol`, texts, index, body)
    case .route: withSymbol(route, routes, index, body)
    case .path: withRange(path, index, body)
    case .clientIP: withRange(address, index, body)
    case .userAgent: withRange(userAgent, index, body)
    case .referrer: withRange(referrer, index, body)
    case .requestID: withRange(requestID, index, body)
    default: nil
    }
  }

  private func withSymbol<Result>(
    _ column: [Symbol], _ table: SymbolTable, _ index: Int, _ body: (Span<UInt8>) -> Result
  ) -> Result? {
    guard index < column.count, column[index] != .none else { return nil }
    return table.withText(of: column[index], body)
  }

  private func withRange<Result>(
    _ column: [TextRange], _ index: Int, _ body: (Span<UInt8>) -> Result
  ) -> Result? {
    guard index < column.count, !column[index].isAbsent else { return nil }
    return withText(column[index], body)
  }

  /// Calls `body` with the decoded value of the first parameter `name`; `nil` where the query
  /// has none. Only a value with escapes in it is copied.
  func withQueryValue<Result>(
    named name: Span<UInt8>, at index: Int, _ body: (Span<UInt8>) -> Result
  ) -> Result? {
    let found = withRange(query, index) { query -> Result? in
      guard let range = QueryText.value(of: name, in: query) else { return nil }
      let value = query.extracting(range)
      guard QueryText.isEscaped(value) else { return body(value) }
      let plain = QueryText.decoded(value)
      return body(plain.span)
    }
    return found ?? nil
  }
}

/// Parameters of a query: `sku=7&name=a+b%21`.
enum QueryText {
  /// Where the value of the first parameter `name` stands.
  static func value(of name: Span<UInt8>, in query: Span<UInt8>) -> Range<Int>? {
    var start = query.count > 0 && query[0] == UInt8(ascii: "?") ? 1 : 0
    while start < query.count {
      let end = query.firstIndex(of: UInt8(ascii: "&"), from: start) ?? query.count
      let part = query.extracting(start..<end)
      let equals = part.firstIndex(of: UInt8(ascii: "="), from: 0) ?? part.count
      if isName(part.extracting(0..<equals), name) {
        return min(start + equals + 1, end)..<end
      }
      start = end + 1
    }
    return nil
  }

  static func isEscaped(_ text: Span<UInt8>) -> Bool {
    text.firstIndex(of: UInt8(ascii: "%"), from: 0) != nil
      || text.firstIndex(of: UInt8(ascii: "+"), from: 0) != nil
  }

  /// `+` is a blank; what only looks like an escape stays as it is.
  static func decoded(_ text: Span<UInt8>) -> [UInt8] {
    var plain: [UInt8] = []
    plain.reserveCapacity(text.count)
    var offset = 0
    while offset < text.count {
      if text[offset] == UInt8(ascii: "%"), offset + 2 < text.count,
        let high = hexadecimalDigit(text[offset + 1]), let low = hexadecimalDigit(text[offset + 2])
      {
        plain.append(high << 4 | low)
        offset += 3
      } else {
        plain.append(text[offset] == UInt8(ascii: "+") ? 0x20 : text[offset])
        offset += 1
      }
    }
    return plain
  }

  private static func isName(_ text: Span<UInt8>, _ name: Span<UInt8>) -> Bool {
    if text.isEqual(to: name) { return true }
    guard text.count > name.count, isEscaped(text) else { return false }
    let plain = decoded(text)
    return plain.span.isEqual(to: name)
  }
}
