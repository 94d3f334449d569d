internal import Glibc

/// The compressed bytes of one input on their way to a decompressor. A file can go back to any
/// place; of a pipe, what was consumed stays for a while (``historyBytesMax``), so that the next
/// member can be looked for after a fault.
struct InputBuffer: ~Copyable, @unchecked Sendable {
  /// How far back ``rewind(to:)`` reaches in a pipe at least, in bytes.
  static let historyBytesMax = 256 * 1024
  /// How much one `read` asks for, in bytes.
  static let readBytesMax = 256 * 1024
  private static let capacity = 4 * readBytesMax

  private let file: FileDescriptor
  private let bytes: UnsafeMutableRawBufferPointer
  private var consumedCount = 0
  private var filledCount = 0
  private var discardedCount: Int64 = 0
  private(set) var isAtEnd = false
  /// The file may grow: that nothing is left to read now is no end.
  var isGrowing = false {
    didSet { isAtEnd = false }
  }
  /// Sees what is read, and where in the input it stands.
  private var observer: (@Sendable (Int64, UnsafeRawBufferPointer) -> Void)?

  init(_ file: consuming FileDescriptor) {
    self.file = file
    bytes = .allocate(byteCount: Self.capacity, alignment: 64)
  }

  deinit { bytes.deallocate() }

  /// The offset of the next byte, counted from the start of the input.
  var offset: Int64 { discardedCount + Int64(consumedCount) }

  /// The smallest offset that ``rewind(to:)`` may be given now.
  var oldestOffset: Int64 {
    file.isSeekable ? 0 : max(offset - Int64(Self.historyBytesMax), 0)
  }

  /// What was read and not consumed.
  var unread: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: bytes[consumedCount..<filledCount])
  }

  /// Steps over `count` bytes. It may be negative: a decompressor that reads ahead gives back
  /// what it did not need.
  mutating func consume(_ count: Int) {
    precondition((0...filledCount).contains(consumedCount + count))
    consumedCount += count
  }

  /// Goes back, or forth to where it had been.
  mutating func rewind(to offset: Int64) {
    let end = discardedCount + Int64(filledCount)
    if offset >= discardedCount && offset <= end {
      consumedCount = Int(offset - discardedCount)
    } else {
      file.seek(to: offset)
      (discardedCount, consumedCount, filledCount, isAtEnd) = (offset, 0, 0, false)
    }
  }

  /// Whether ``fill()`` would return without waiting for a writer.
  func isReady() -> Bool { isAtEnd || file.isReady() }

  /// Reads once, and says whether more may follow at once. Where not, `isAtEnd` is set unless
  /// the file may grow.
  @discardableResult
  mutating func fill() throws(IngestError) -> Bool {
    guard !isAtEnd else { return true }
    makeRoom()
    let end = min(filledCount + Self.readBytesMax, bytes.count)
    precondition(end > filledCount, "a decompressor left its input lying")
    let count = try file.read(
      into: UnsafeMutableRawBufferPointer(rebasing: bytes[filledCount..<end]))
    observer?(
      discardedCount + Int64(filledCount),
      UnsafeRawBufferPointer(rebasing: bytes[filledCount..<filledCount + count]))
    filledCount += count
    isAtEnd = count == 0 && !isGrowing
    return count > 0 || isAtEnd
  }

  /// Bytes that were passed already, as the file holds them now; fewer where it became shorter.
  func bytes(at offset: Int64, count: Int) throws(IngestError) -> [UInt8] {
    try file.bytes(at: offset, count: count)
  }

  func status() throws(IngestError) -> FileStatus { try file.status() }

  /// From now on `observer` sees what is read, beginning with what was read already. What is read
  /// again after going back, it sees again.
  mutating func observe(_ observer: @escaping @Sendable (Int64, UnsafeRawBufferPointer) -> Void) {
    observer(discardedCount, UnsafeRawBufferPointer(rebasing: bytes[..<filledCount]))
    self.observer = observer
  }

  /// Drops history once the buffer is full; most calls move nothing.
  private mutating func makeRoom() {
    guard bytes.count - filledCount < Self.readBytesMax else { return }
    let dropped = consumedCount - Self.historyBytesMax
    guard dropped > 0, let base = bytes.baseAddress else { return }
    memmove(base, base + dropped, filledCount - dropped)
    discardedCount += Int64(dropped)
    consumedCount -= dropped
    filledCount -= dropped
  }
}
