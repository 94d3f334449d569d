/// SipHash-1-3 with a secret key (Aumasson and Bernstein, "SipHash: a fast short-input PRF",
/// 2012), for tables of log text: a client that chooses the text must not be able to aim
/// collisions. `Hasher` will not do, because its key changes from one process to the next.
public struct SipHash: Hashable, Sendable {
  private let key0: UInt64
  private let key1: UInt64

  public init(key0: UInt64, key1: UInt64) {
    self.key0 = key0
    self.key1 = key1
  }

  /// The hash of `bytes`; `tag` keeps equal texts of different meaning apart.
  package func hash(_ bytes: Span<UInt8>, tag: UInt8 = 0) -> UInt64 {
    var state = State(key0: key0, key1: key1)
    var offset = 0
    while offset + 8 <= bytes.count {
      state.absorb(bytes.word(at: offset))
      offset += 8
    }
    // At most seven bytes are left, and the tag stands above the first six: a seventh is
    // mixed by exclusive or, which loses nothing, because the length stands above both.
    let head = UInt64(truncatingIfNeeded: bytes.count) << 56 | UInt64(tag) << 48
    state.absorb(head ^ Self.rest(bytes, from: offset))
    return state.finish()
  }

  /// The bytes from `start` on, fewer than eight, in a word.
  @inline(__always)
  private static func rest(_ bytes: Span<UInt8>, from start: Int) -> UInt64 {
    let count = bytes.count - start
    if count == 0 { return 0 }
    if start > 0 { return bytes.word(at: bytes.count - 8) &>> UInt64(64 - 8 * count) }
    var word: UInt64 = 0
    for offset in 0..<count { word |= UInt64(bytes[offset]) &<< UInt64(8 * offset) }
    return word
  }

  /// A 128-bit hash: two independent halves, for identifiers that must not collide.
  package func hash128(_ bytes: Span<UInt8>) -> (UInt64, UInt64) {
    let other = SipHash(key0: key0 ^ 0x9e37_79b9_7f4a_7c15, key1: key1 ^ 0xc2b2_ae3d_27d4_eb4f)
    return (hash(bytes, tag: 1), other.hash(bytes, tag: 2))
  }

  private struct State {
    var v0: UInt64
    var v1: UInt64
    var v2: UInt64
    var v3: UInt64

    init(key0: UInt64, key1: UInt64) {
      v0 = key0 ^ 0x736f_6d65_7073_6575
      v1 = key1 ^ 0x646f_7261_6e64_6f6d
      v2 = key0 ^ 0x6c79_6765_6e65_7261
      v3 = key1 ^ 0x7465_6462_7974_6573
    }

    mutating func absorb(_ word: UInt64) {
      v3 ^= word
      round()
      v0 ^= word
    }

    mutating func finish() -> UInt64 {
      v2 ^= 0xff
      round()
      round()
      round()
      return v0 ^ v1 ^ v2 ^ v3
    }

    private mutating func round() {
      v0 = v0 &+ v1
      v1 = Self.rotate(v1, 13) ^ v0
      v0 = Self.rotate(v0, 32)
      v2 = v2 &+ v3
      v3 = Self.rotate(v3, 16) ^ v2
      v0 = v0 &+ v3
      v3 = Self.rotate(v3, 21) ^ v0
      v2 = v2 &+ v1
      v1 = Self.rotate(v1, 17) ^ v2
      v2 = Self.rotate(v2, 32)
    }

    private static func rotate(_ value: UInt64, _ bits: UInt64) -> UInt64 {
      value &<< bits | value &>> (64 - bits)
    }
  }
}
