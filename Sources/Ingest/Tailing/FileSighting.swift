/// What one look at a log file found. A sighting is a fact of its moment: the file may be renamed,
/// cut or compressed before anybody acts on it, so whoever opens it checks that it is this one.
package struct FileSighting: Hashable, Sendable {
  /// The part of a file's identity that the file system gives, and gives again to the next file: it
  /// tells that an open file is the one that was seen, and nothing about what is in it.
  package struct Number: Hashable, Sendable {
    package var device: UInt64
    package var inode: UInt64

    package init(device: UInt64, inode: UInt64) {
      self.device = device
      self.inode = inode
    }
  }

  /// Bytes of an opening at most.
  package static let openingBytesMax = Fingerprint.byteCountMax

  package var path: String
  package var number: Number
  package var rotation: Rotation
  /// As they are on disk.
  package var byteCount: Int64
  /// Not compressed: its offsets are those of its content.
  package var isPlain: Bool
  /// The first decompressed bytes without leading `#` lines.
  package var opening: [UInt8]
  /// A compressed file that breaks off before the opening is complete is still being written:
  /// what it begins with cannot be told yet.
  package var isOpeningCertain: Bool
  /// The first time stamp in it, milliseconds.
  package var firstTime: Int64?

  package init(
    path: String, number: Number, byteCount: Int64, isPlain: Bool, opening: [UInt8],
    isOpeningCertain: Bool = true, firstTime: Int64? = nil
  ) {
    self.path = path
    self.number = number
    rotation = Rotation(path: path)
    self.byteCount = byteCount
    self.isPlain = isPlain
    self.opening = opening
    self.isOpeningCertain = isOpeningCertain
    self.firstTime = firstTime
  }

  /// The opening up to its last whole line. Two logs may begin with the same half line, so that
  /// of a log which is being written only whole lines count.
  var wholeLines: [UInt8] {
    guard opening.count < Self.openingBytesMax else { return opening }
    let end = opening.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    return Array(opening[..<end])
  }
}
