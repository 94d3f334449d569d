/// Parameters of a query string, as ranges.
enum QueryParameter {
  /// Where the value of the first parameter `name` stands in `query`, a range of `text`;
  /// `nil` where there is none, or an empty one. As in nginx, the case of the name is ignored.
  static func value(
    of name: Span<UInt8>, _ text: Span<UInt8>, _ query: Range<Int>
  ) -> Range<Int>? {
    var start = query.lowerBound
    while start < query.upperBound {
      let end =
        text.firstIndex(of: UInt8(ascii: "&"), in: start..<query.upperBound)
        ?? query.upperBound
      let equals = start + name.count
      if equals + 1 < end, text[equals] == UInt8(ascii: "="), matches(name, text, at: start) {
        return equals + 1..<end
      }
      start = end + 1
    }
    return nil
  }

  private static func matches(_ name: Span<UInt8>, _ text: Span<UInt8>, at start: Int) -> Bool {
    var index = 0
    while index < name.count {
      let a = name[index]
      let b = text[start + index]
      if a != b, !(a.isLetter && a | 0x20 == b | 0x20) { return false }
      index += 1
    }
    return true
  }
}
