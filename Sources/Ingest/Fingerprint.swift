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
    let bytes = Self.identifying(head).prefix(Self.byteCountMax)
    byteCount = bytes.count
    hash = bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
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
