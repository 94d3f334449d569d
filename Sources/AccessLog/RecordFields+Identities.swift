extension RecordFields {
  /// Sets one of the identities to `range` of `line`, unless it stands for nothing.
  @inline(__always)
  mutating func setIdentity(
    _ slot: FieldSlot, _ use: FieldUse, _ range: Range<Int>, of line: Span<UInt8>,
    isEscaped: Bool
  ) {
    if range.isEmpty { return }
    if use.dashIsAbsent, range.count == 1, line[range.lowerBound] == ASCII.dash { return }
    setText(slot, Text(range, isEscaped: isEscaped, isPercentEncoded: use.isPercentEncoded))
  }

  /// Sets one of the identities to a parameter of the request's query, if it is there.
  mutating func setIdentity(
    _ slot: FieldSlot, fromQueryParameter name: Span<UInt8>, _ line: Span<UInt8>
  ) {
    let text = target.isAbsent ? query : target
    guard !text.isAbsent else { return }
    var range = text.range
    if !target.isAbsent {
      guard let mark = line.firstIndex(of: UInt8(ascii: "?"), in: range) else { return }
      range = mark + 1..<range.upperBound
    }
    guard let value = QueryParameter.value(of: name, line, range) else { return }
    setText(slot, Text(value, isEscaped: text.isEscaped, isPercentEncoded: true))
  }
}
