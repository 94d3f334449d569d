import AccessLog

/// The file that told of some usage, by what is in it: rotation renames files and compression
/// rewrites them, so that the same lines may come from elsewhere in the next replay.
public struct UsageFile: Hashable, Sendable {
  /// How much of the decompressed content names it.
  public static let headBytesMax = 4096

  /// The declared name of its source.
  public var source: String
  /// Where it was read, for people.
  public var path: String
  /// Its first decompressed bytes, of which no more than a keyed hash is stored.
  let head: [UInt8]

  /// How much of its content is known.
  public var headBytes: Int { head.count }

  /// Give as much of the content as there is, up to some ``headBytesMax`` more than the leading
  /// lines that begin with `#`, which all W3C logs share.
  public init(source: String, path: String, head: some Collection<UInt8>) {
    self.source = source
    self.path = path
    self.head = Array(Self.identifying(head).prefix(Self.headBytesMax))
  }

  private static func identifying<Bytes: Collection<UInt8>>(
    _ head: Bytes
  ) -> Bytes.SubSequence {
    var rest = head[...]
    while rest.first == UInt8(ascii: "#") {
      guard let newline = rest.firstIndex(of: UInt8(ascii: "\n")) else { return rest }
      rest = rest[rest.index(after: newline)...]
    }
    return rest
  }

  /// 32 hexadecimal digits of the first `count` bytes; `nil` where it has fewer.
  func hash(ofFirst count: Int, _ hash: SipHash) -> String? {
    guard count <= head.count else { return nil }
    let halves = hash.hash128(head.span.extracting(first: count))
    return [halves.0, halves.1].map { half in
      let digits = String(half, radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }.joined()
  }
}
