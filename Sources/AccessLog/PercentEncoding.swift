/// `%2B` for `+`, as URLs have it.
enum PercentEncoding {
  /// Undoes the encoding of all bytes from `start` on, in place. What only looks like an
  /// encoding stays as it is.
  static func decode(_ bytes: inout [UInt8], from start: Int) {
    var output = start
    var index = start
    while index < bytes.count {
      if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count,
        let high = bytes[index + 1].hexValue, let low = bytes[index + 2].hexValue
      {
        bytes[output] = high << 4 | low
        index += 3
      } else {
        bytes[output] = bytes[index]
        index += 1
      }
      output += 1
    }
    bytes.removeLast(bytes.count - output)
  }
}
