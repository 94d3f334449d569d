public import AccessLog
package import Baselines

/// A piece of a snapshot that means something by itself: one part of the state, or some hundred
/// series of it.
///
/// A page whose checksum is what it was need not be written again: so a store keeps pages, and a
/// snapshot costs it what changed since the last one.
public struct SnapshotPage: Hashable, Sendable {
  /// Which page it is, among those of one snapshot.
  public struct Name: Hashable, Sendable {
    /// Four letters.
    public var section: String
    public var number: Int

    package init(section: String, number: Int) {
      self.section = section
      self.number = number
    }
  }

  public let name: Name
  /// Of what the section's pages mean.
  package let version: Int
  /// Keyed with the installation's secret, over name, version and content.
  public let checksum: UInt64
  package let content: [UInt8]

  package init(_ name: Name, version: Int, content: [UInt8], hash: SipHash) {
    self.name = name
    self.version = version
    self.content = content
    checksum = Self.checksum(name, version, content, hash)
  }

  package init?(reading coder: inout StateCoder) {
    var header = Header()
    header.code(with: &coder)
    var content: [UInt8] = []
    coder.code(&content)
    guard !coder.isDamaged else { return nil }
    name = Name(section: header.section, number: header.number)
    version = header.version
    checksum = header.checksum
    self.content = content
  }

  package func isWhole(_ hash: SipHash) -> Bool {
    checksum == Self.checksum(name, version, content, hash)
  }

  package func write(with coder: inout StateCoder) {
    var header = Header(
      section: name.section, version: version, number: name.number, checksum: checksum)
    header.code(with: &coder)
    var content = content
    coder.code(&content)
  }

  /// The page as a store keeps it.
  public var bytes: [UInt8] {
    var coder = StateCoder()
    write(with: &coder)
    return coder.bytes
  }

  /// The snapshot whose pages, in any order, these are; `hash` is the installation's.
  public static func joined(_ pages: [[UInt8]], hash: SipHash) -> [UInt8] {
    SnapshotBook.head(hash) + pages.joined()
  }

  private struct Header {
    var section = ""
    var version = 0
    var number = 0
    var checksum: UInt64 = 0

    mutating func code(with coder: inout StateCoder) {
      coder.code(&section)
      coder.code(&version)
      coder.code(&number)
      coder.word(&checksum)
    }
  }

  private static func checksum(
    _ name: Name, _ version: Int, _ content: [UInt8], _ hash: SipHash
  ) -> UInt64 {
    let label = Array("\(name.section) \(version) \(name.number)".utf8)
    return hash.hash(label.span, tag: 1) ^ hash.hash(content.span, tag: 2)
  }
}
