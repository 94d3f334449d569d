/// A place in the content of a log that outlives the process and every rotation: what a
/// checkpoint stores. It holds no byte of the log, which may be a secret.
public struct TailPosition: Hashable, Sendable {
  /// How many of the bytes before the place prove that it still means the same.
  package static let tailBytesMax = 64

  public var fingerprint: Fingerprint
  /// Decompressed bytes that were taken.
  public var offset: Int64
  /// Hash of the last ``tailBytesMax`` of those bytes.
  public var tailHash: UInt64
  /// The first time stamp of the content, milliseconds.
  public var firstTime: Int64?
  /// All was taken that there will ever be.
  public var isFinished: Bool

  public init(
    fingerprint: Fingerprint, offset: Int64 = 0, tailHash: UInt64 = Fingerprint.emptyHash,
    firstTime: Int64? = nil, isFinished: Bool = false
  ) {
    self.fingerprint = fingerprint
    self.offset = offset
    self.tailHash = tailHash
    self.firstTime = firstTime
    self.isFinished = isFinished
  }

  /// Nothing was read of it: it was too old, or came too late.
  public var isPassedOver: Bool { offset == .max }

  /// Whether a file that begins with `head` may hold the content.
  public func fits(head: [UInt8]) -> Bool {
    let opening = Fingerprint.identifying(head)
    return opening.count >= fingerprint.byteCount
      && Fingerprint(opening: opening.prefix(fingerprint.byteCount)) == fingerprint
  }

  /// Whether `segment` holds what was read before the place; all of that is read for it.
  public func isIn(_ segment: Segment) -> Bool {
    do throws(IngestError) {
      var reader = try SegmentReader(segment)
      guard let tail = try reader.skip(to: offset, tailBytesMax: Self.tailBytesMax) else {
        return false
      }
      return Fingerprint.hash(tail) == tailHash
    } catch { return false }
  }
}
