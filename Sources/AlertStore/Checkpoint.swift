public import Detection

/// What a service goes on from after it was stopped, in whatever way: the state of its engine and
/// the places in the logs that belong to it. What was read since is read again.
public struct Checkpoint: Hashable, Sendable {
  /// Rules, registry and sources that the state is of.
  public var plan: String
  public var positions: [ReadPosition]
  /// The state, or what stands before its pages.
  public var state: [UInt8]
  /// The state in pages, where it is to be written; those that the database has are not written
  /// again. A checkpoint that was read has put them together.
  public var pages: [SnapshotPage]

  public init(
    plan: String, positions: [ReadPosition], state: [UInt8], pages: [SnapshotPage] = []
  ) {
    self.plan = plan
    self.positions = positions
    self.state = state
    self.pages = pages
  }
}

/// Where a journal begins that has lost its oldest entries.
public struct JournalBase: Hashable, Sendable {
  /// The last entry that `state` knows of.
  public var ordinal: Int64
  public var plan: String
  public var state: [UInt8]
}

/// How far one segment of a log was read; those of a source in their order.
public struct ReadPosition: Hashable, Sendable {
  public var source: String
  public var headHash: UInt64
  public var headBytes: Int
  public var offset: Int64
  public var tailHash: UInt64
  public var firstTime: Int64?
  public var isFinished: Bool

  public init(
    source: String, headHash: UInt64, headBytes: Int, offset: Int64, tailHash: UInt64,
    firstTime: Int64?, isFinished: Bool
  ) {
    self.source = source
    self.headHash = headHash
    self.headBytes = headBytes
    self.offset = offset
    self.tailHash = tailHash
    self.firstTime = firstTime
    self.isFinished = isFinished
  }
}
