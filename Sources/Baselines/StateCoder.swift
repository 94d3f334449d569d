/// Writes state as bytes, or reads it back, by one description of its fields for both ways, so
/// that the two cannot disagree.
///
/// Integers take as many bytes as they need, seven bits in each; floating-point numbers keep
/// every bit. Bytes that were cut off or damaged lead to ``isDamaged`` and to zeros, never to a
/// trap: a count is believed no further than there are bytes for it.
package struct StateCoder: Sendable {
  package let isReading: Bool
  /// Of the section that the bytes are of: what an older one has not, is left as it begins.
  package let version: Int
  package private(set) var isDamaged = false
  /// What is read, or what is written with room behind it: that room is there spares a look at
  /// the array's end for each byte.
  private var storage: [UInt8]
  /// Of the next byte to be read or written.
  private var offset = 0

  /// Writes.
  package init(version: Int = 1) {
    isReading = false
    self.version = version
    storage = []
  }

  package init(reading bytes: [UInt8], version: Int = 1) {
    isReading = true
    self.version = version
    storage = bytes
  }

  /// What was written.
  package var bytes: [UInt8] { Array(storage[..<offset]) }

  /// All that was to be read has been, and made sense.
  package var isDone: Bool { !isDamaged && offset == storage.count }

  /// What was read must fulfil `condition`.
  package mutating func require(_ condition: Bool) {
    if !condition { isDamaged = true }
  }

  // MARK: - integers

  package mutating func code(_ value: inout UInt64) {
    if isReading { value = readUnsigned() } else { write(value) }
  }

  /// Small numbers of either sign take few bytes: the sign is the lowest bit.
  package mutating func code(_ value: inout Int64) {
    guard isReading else {
      return write(UInt64(bitPattern: value << 1) ^ UInt64(bitPattern: value >> 63))
    }
    let folded = readUnsigned()
    value = Int64(bitPattern: folded >> 1) ^ -Int64(bitPattern: folded & 1)
  }

  package mutating func code(_ value: inout Int) { narrow(&value) }
  package mutating func code(_ value: inout Int32) { narrow(&value) }

  package mutating func code(_ value: inout UInt32) { narrowUnsigned(&value) }
  package mutating func code(_ value: inout UInt16) { narrowUnsigned(&value) }
  package mutating func code(_ value: inout UInt8) { narrowUnsigned(&value) }

  package mutating func code(_ value: inout Bool) {
    var bit: UInt8 = value ? 1 : 0
    code(&bit)
    require(bit <= 1)
    value = bit == 1
  }

  package mutating func code(_ value: inout UInt128) {
    var high = UInt64(truncatingIfNeeded: value >> 64)
    var low = UInt64(truncatingIfNeeded: value)
    code(&high)
    code(&low)
    value = UInt128(high) << 64 | UInt128(low)
  }

  private mutating func narrow<Value: FixedWidthInteger & SignedInteger>(_ value: inout Value) {
    var wide = Int64(value)
    code(&wide)
    guard let narrow = Value(exactly: wide) else { return require(false) }
    value = narrow
  }

  private mutating func narrowUnsigned<Value: FixedWidthInteger & UnsignedInteger>(
    _ value: inout Value
  ) {
    var wide = UInt64(value)
    code(&wide)
    guard let narrow = Value(exactly: wide) else { return require(false) }
    value = narrow
  }

  private mutating func write(_ value: UInt64) {
    makeRoom(for: 10)
    var rest = value
    while rest >= 0x80 {
      storage[offset] = UInt8(truncatingIfNeeded: rest) | 0x80
      offset += 1
      rest >>= 7
    }
    storage[offset] = UInt8(truncatingIfNeeded: rest)
    offset += 1
  }

  private mutating func makeRoom(for byteCount: Int) {
    guard storage.count - offset < byteCount else { return }
    let more = max(byteCount, storage.count, Self.roomMin)
    storage.append(contentsOf: repeatElement(0, count: more))
  }

  private static let roomMin = 1024

  private mutating func readUnsigned() -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while shift < 64, offset < storage.count, !isDamaged {
      let byte = storage[offset]
      offset += 1
      // The tenth byte has room for one bit.
      if shift == 63, byte > 1 { break }
      value |= UInt64(byte & 0x7f) << shift
      if byte < 0x80 { return value }
      shift += 7
    }
    isDamaged = true
    return 0
  }

  // MARK: - fixed width

  package mutating func code(_ value: inout Double) {
    var bits = value.bitPattern
    fixed(&bits, byteCount: 8)
    value = Double(bitPattern: bits)
  }

  package mutating func code(_ value: inout Float) {
    var bits = UInt64(value.bitPattern)
    fixed(&bits, byteCount: 4)
    value = Float(bitPattern: UInt32(truncatingIfNeeded: bits))
  }

  /// A word whose bits are all alike likely, such as a hash: little-endian.
  package mutating func word(_ value: inout UInt64) { fixed(&value, byteCount: 8) }

  private mutating func fixed(_ value: inout UInt64, byteCount: Int) {
    guard isReading else {
      makeRoom(for: byteCount)
      for index in 0..<byteCount {
        storage[offset + index] = UInt8(truncatingIfNeeded: value >> UInt64(8 * index))
      }
      offset += byteCount
      return
    }
    guard !isDamaged, storage.count - offset >= byteCount else { return damage(&value) }
    value = 0
    for index in 0..<byteCount { value |= UInt64(storage[offset + index]) << UInt64(8 * index) }
    offset += byteCount
  }

  private mutating func damage(_ value: inout UInt64) {
    isDamaged = true
    value = 0
  }

  // MARK: - texts

  package mutating func code(_ value: inout [UInt8]) {
    var count = value.count
    code(&count)
    guard isReading else {
      makeRoom(for: count)
      storage.replaceSubrange(offset..<offset + count, with: value)
      offset += count
      return
    }
    guard !isDamaged, count >= 0, count <= storage.count - offset else { return require(false) }
    value = Array(storage[offset..<offset + count])
    offset += count
  }

  package mutating func code(_ value: inout String) {
    var text = isReading ? [] : Array(value.utf8)
    code(&text)
    if isReading { value = String(decoding: text, as: UTF8.self) }
  }

  // MARK: - what may be absent, and what there is more of

  @inlinable
  package mutating func optional<Value>(
    _ value: inout Value?, blank: @autoclosure () -> Value,
    _ body: (inout Value, inout StateCoder) -> Void
  ) {
    var isThere = value != nil
    code(&isThere)
    guard isThere else {
      value = nil
      return
    }
    var some = value ?? blank()
    body(&some, &self)
    if isReading { value = some }
  }

  package mutating func code(_ value: inout Int64?) {
    optional(&value, blank: 0) { $1.code(&$0) }
  }

  package mutating func code(_ value: inout UInt32?) {
    optional(&value, blank: 0) { $1.code(&$0) }
  }

  package mutating func code(_ value: inout Double?) {
    optional(&value, blank: 0) { $1.code(&$0) }
  }

  package mutating func code(_ value: inout String?) {
    optional(&value, blank: "") { $1.code(&$0) }
  }

  /// Each element in turn; when reading, each is made from `blank`, and there are as many as were
  /// written.
  @inlinable
  package mutating func array<Element>(
    _ values: inout [Element], blank: @autoclosure () -> Element,
    _ body: (inout Element, inout StateCoder) -> Void
  ) {
    var count = values.count
    code(&count)
    guard isReading else {
      for value in values {
        var value = value  // a copy, so that nothing of the state that is written is touched
        body(&value, &self)
      }
      return
    }
    values = []
    while values.count < count, !isDamaged {
      var value = blank()
      body(&value, &self)
      values.append(value)
    }
  }

  package mutating func code(_ values: inout [Int]) { array(&values, blank: 0) { $1.code(&$0) } }
  package mutating func code(_ values: inout [Int32]) { array(&values, blank: 0) { $1.code(&$0) } }
  package mutating func code(_ values: inout [Int64]) { array(&values, blank: 0) { $1.code(&$0) } }
  package mutating func code(_ values: inout [UInt32]) {
    array(&values, blank: 0) { $1.code(&$0) }
  }
  package mutating func code(_ values: inout [Bool]) {
    array(&values, blank: false) { $1.code(&$0) }
  }
  package mutating func code(_ values: inout [String]) {
    array(&values, blank: "") { $1.code(&$0) }
  }
}
