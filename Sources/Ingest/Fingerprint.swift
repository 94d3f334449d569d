/// What a segment is, wherever it lies and however it is compressed: a hash of its first
/// decompressed bytes. Rotation renames files, compression rewrites them, and a file system
/// hands a freed inode to the next file at once, so neither path nor inode will do.
///
/// Leading lines that begin with `#` are left out, because W3C logs all begin with the same
/// ones. Two segments may have one fingerprint; only comparing them in full tells.
public struct Fingerprint: Hashable, Sendable {
  /// How many bytes are hashed at most.
  public static let byteCountMax = 4096

  /// FNV-1a, 64 bits: the same in each process and release, so that it can be stored.
  public let hash: UInt64
  /// How many bytes were hashed. A shorter segment has another fingerprint once it has grown.
  public let byteCount: Int

  /// Whether growing cannot change it any more.
  public var isFinal: Bool { byteCount == Self.byteCountMax }

  /// The fingerprint of a segment that begins with `head`; give as much as there is of it, up
  /// to ``SegmentOrder/headBytesMax``.
  public init(head: [UInt8]) {
    self.init(opening: Self.identifying(head))
  }

  /// As it was stored.
  public init(hash: UInt64, byteCount: Int) {
    self.hash = hash
    self.byteCount = byteCount
  }

  /// The fingerprint of a segment whose bytes behind the `#` lines begin with `opening`.
  init(opening: some Collection<UInt8>) {
    let bytes = opening.prefix(Self.byteCountMax)
    byteCount = bytes.count
    hash = Self.hash(bytes)
  }

  /// The longest beginning of `opening`, of one of the `lengths` (ascending), that is known.
  static func longest(
    of opening: [UInt8], lengths: [Int], where isKnown: (Fingerprint) -> Bool
  ) -> Fingerprint? {
    var found: Fingerprint?
    var (hash, start) = (emptyHash, 0)
    for length in lengths where length <= opening.count {
      hash = Self.hash(opening[start..<length], continuing: hash)
      start = length
      let fingerprint = Fingerprint(hash: hash, byteCount: length)
      if isKnown(fingerprint) { found = fingerprint }
    }
    return found
  }

  public static let emptyHash: UInt64 = 0xcbf2_9ce4_8422_2325

  /// FNV-1a.
  static func hash(
    _ bytes: some Sequence<UInt8>, continuing hash: UInt64 = emptyHash
  ) -> UInt64 {
    bytes.reduce(hash) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
  }

  /// `head` without its leading `#` lines.
  static func identifying(_ head: [UInt8]) -> ArraySlice<UInt8> {
    var rest = head[...]
    while rest.first == UInt8(ascii: "#") {
      guard let newline = rest.firstIndex(of: UInt8(ascii: "\n")) else { return [] }
      rest = rest[(newline + 1)...]
    }
    return rest
  }
}
