internal import Glibc

/// Where lines wait that nobody else keeps: a log of our own in the state folder, which is followed
/// as any other is. So what came in is read once also after a death, and can be replayed.
package struct LineSpool: ~Copyable {
  /// One file is a share of all, so that the oldest can go without much else.
  private static let segmentCount = 16

  /// `FOLDER/NAME.log`, and older ones with a date behind it.
  package let path: String
  private let folder: String
  private let name: String
  private let bytesMax: Int64
  private var file: Int32 = -1
  private var byteCount: Int64 = 0
  /// Bytes of files that were removed to make room, read or not.
  package private(set) var removedBytes: Int64 = 0

  /// The folder must be there.
  package init(folder: String, name: String, bytesMax: Int64) throws(IngestError) {
    self.folder = folder
    self.name = name
    self.bytesMax = bytesMax
    path = "\(folder)/\(name).log"
    try open()
  }

  deinit { if file >= 0 { close(file) } }

  private mutating func open() throws(IngestError) {
    file = Glibc.open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0o600)
    var status = stat()
    guard file >= 0, fstat(file, &status) == 0 else {
      throw IngestError(path: path, reason: .unreadable(errno: errno))
    }
    byteCount = Int64(status.st_size)
    endLine()
  }

  /// A death may have left half a line, which nothing may continue.
  private mutating func endLine() {
    var last: UInt8 = 0
    guard byteCount > 0, pread(file, &last, 1, Int(byteCount) - 1) == 1,
      last != UInt8(ascii: "\n")
    else { return }
    if write(file, "\n", 1) == 1 { byteCount += 1 }
  }

  /// Appends whole lines; false where they could not be kept, and nothing of them is.
  package mutating func append(_ lines: [UInt8]) -> Bool {
    if byteCount > 0, byteCount + Int64(lines.count) > bytesMax / Int64(Self.segmentCount) {
      rotate()
    }
    let count = lines.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
    guard count == lines.count else {
      // A full disk may take half of them.
      _ = ftruncate(file, Int(byteCount))
      return false
    }
    byteCount += Int64(count)
    return true
  }

  private mutating func rotate() {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    var parts = tm()
    gmtime_r(&now.tv_sec, &parts)
    func digits(_ number: Int, _ count: Int) -> String {
      let text = String(number)
      return String(repeating: "0", count: max(count - text.count, 0)) + text
    }
    let date =
      digits(Int(parts.tm_year) + 1900, 4) + digits(Int(parts.tm_mon) + 1, 2)
      + digits(Int(parts.tm_mday), 2)
    let time =
      digits(Int(parts.tm_hour), 2) + digits(Int(parts.tm_min), 2)
      + digits(Int(parts.tm_sec), 2) + digits(now.tv_nsec / 100_000, 4)
    let old = "\(path)-\(date)-\(time)"
    guard access(old, F_OK) != 0, rename(path, old) == 0 else { return }
    let before = file
    do throws(IngestError) {
      try open()
      close(before)
    } catch {
      // The old one goes on until another can be made.
      file = before
      rename(old, path)
    }
    removeOldest()
  }

  private mutating func removeOldest() {
    var old = LogFiles([folder]).segments.filter { $0.path.hasPrefix(path + "-") }
    var sum = old.reduce(byteCount) { $0 + ($1.byteCount ?? 0) }
    while sum > bytesMax - bytesMax / Int64(Self.segmentCount), !old.isEmpty {
      let oldest = old.removeFirst()
      guard unlink(oldest.path) == 0 else { continue }
      sum -= oldest.byteCount ?? 0
      removedBytes += oldest.byteCount ?? 0
    }
  }
}
