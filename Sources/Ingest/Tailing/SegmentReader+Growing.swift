/// Following a file that grows.
extension SegmentReader {
  /// Whether the offsets of the file are those of its content.
  var isPlain: Bool { formatName == Plain.name }

  /// What the file system says of the open file, wherever it was moved.
  func status() throws(IngestError) -> FileStatus { try input.status() }

  /// Whether all that was read makes whole members, so that the file may end here.
  var isWhole: Bool {
    isPlain || input.unread.isEmpty && memberStart == (input.offset, decompressedBytesRead)
  }

  /// What is there is all that there will be: a member that breaks off is a fault from now on.
  mutating func stopGrowing() { input.isGrowing = false }

  /// Goes to the decompressed `offset` of a reader that has delivered nothing, and gives the
  /// bytes before it, `tailBytesMax` at most; nil where the file does not reach there.
  mutating func skip(to offset: Int64, tailBytesMax: Int) throws(IngestError) -> [UInt8]? {
    if isPlain {
      let count = Int(min(offset, Int64(tailBytesMax)))
      let tail = try input.bytes(at: offset - Int64(count), count: count)
      guard tail.count == count else { return nil }
      input.rewind(to: offset)
      decompressedBytesRead = offset
      return tail
    }
    var tail: [UInt8] = []
    var passed: Int64 = 0
    while passed < offset, let event = try next() {
      // Faults before the place were told when it was reached first.
      guard case .chunk(let bytes, let start) = event else { continue }
      let count = Int(min(Int64(bytes.count), offset - passed))
      tail = Array((tail + bytes[..<count].suffix(tailBytesMax)).suffix(tailBytesMax))
      passed += Int64(count)
      if count < bytes.count {
        pending.insert(.chunk(Array(bytes[count...]), startOffset: start + Int64(count)), at: 0)
      }
    }
    return passed == offset ? tail : nil
  }

  /// Whether the bytes before the decompressed `offset` of a plain file still are `tail`: it was
  /// not cut and written anew.
  func stillHolds(_ tail: [UInt8], before offset: Int64) throws(IngestError) -> Bool {
    try input.bytes(at: offset - Int64(tail.count), count: tail.count) == tail
  }
}
