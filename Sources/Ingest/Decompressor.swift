/// A compressed format as a stream: bytes go in, bytes come out, in pieces of any size.
///
/// A *member* is what carries a checksum of its own: a gzip member, a zstd frame. A plain file
/// has none. Implementations live in `Decompressors/` and are listed in ``Decompressors/all``.
package protocol Decompressor: ~Copyable, Sendable {
  /// The format's name, as in messages.
  static var name: String { get }

  /// Whether an input that begins with `head` (at most ``Decompressors/headBytesMax`` bytes) is
  /// in this format. The file's name never decides.
  static func recognizes(_ head: UnsafeRawBufferPointer) -> Bool

  /// Where in `bytes` a member seems to begin; used to go on behind a fault, so it must be strict:
  /// a chance match in compressed data would be read as a member.
  static func nextMember(in bytes: UnsafeRawBufferPointer, isLast: Bool) -> MemberSearch

  init()

  /// Takes bytes from `input` and puts bytes into `output`, until one of them is exhausted or
  /// something happened. `isLast` says that no input follows. A step without an event that
  /// left room in `output` has consumed all of `input`, or gave back bytes of an earlier call.
  mutating func decompress(
    _ input: UnsafeRawBufferPointer, isLast: Bool, into output: UnsafeMutableRawBufferPointer
  ) -> DecompressorStep

  /// Forgets the member that was being read; the next byte is the first of another.
  mutating func restart()
}

extension Decompressor where Self: ~Copyable {
  package static func nextMember(
    in bytes: UnsafeRawBufferPointer, isLast: Bool
  ) -> MemberSearch {
    .absent(keep: 0)
  }
}

/// Where a member seems to begin.
package enum MemberSearch: Hashable, Sendable {
  case found(at: Int)
  /// None so far; the last `keep` bytes may be the beginning of one.
  case absent(keep: Int)
}

/// What one call of ``Decompressor/decompress(_:isLast:into:)`` did.
package struct DecompressorStep: Sendable {
  package enum Event: Hashable, Sendable {
    /// A member ended and its checksum and length are right.
    case memberEnd
    /// The bytes broke the format. The input stands where that showed.
    case fault(SegmentFault.Reason)
    /// The input ended where it may end.
    case end
  }

  /// How many bytes of the input were used up. Negative if bytes of an earlier call are given
  /// back.
  package var consumed: Int
  package var produced: Int
  package var event: Event?

  package init(consumed: Int, produced: Int, event: Event? = nil) {
    self.consumed = consumed
    self.produced = produced
    self.event = event
  }
}
