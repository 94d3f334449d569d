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
}
