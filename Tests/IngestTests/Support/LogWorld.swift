@testable import Ingest

/// A file system with one log in it, its writer, and what rotates it: the model that
/// ``TailerState`` is tested against. Compressors write in steps, freed inode numbers are handed
/// out again at once, and a writer may go on in the file that was moved away.
struct LogWorld {
  enum Mode: String, CaseIterable {
    case create, delayCompress, compress, dates, datesCompressed, copyTruncate,
      copyTruncateCompress, arriving, arrivingSlowly, growingMembers
  }

  final class File {
    let number: UInt64
    let isPlain: Bool
    var content: [UInt8]
    /// Bytes of the content that a copy or a compressor has written so far.
    var doneCount: Int
    /// A compressed file stands at the end of a member.
    var isWhole = true
    /// What is removed when the compressor is done.
    var source: File?

    init(_ number: UInt64, isPlain: Bool = true, content: [UInt8] = [], doneCount: Int? = nil) {
      self.number = number
      self.isPlain = isPlain
      self.content = content
      self.doneCount = doneCount ?? content.count
    }

    /// Any function that grows with what is written.
    var byteCount: Int64 { Int64(isPlain ? doneCount : 10 + doneCount / 3 + (isWhole ? 8 : 0)) }
  }

  let mode: Mode
  private(set) var files: [String: File] = [:]
  /// Everything that was ever written, in its order.
  private(set) var written: [UInt8] = []
  private var writing: File
  private var mustTell = false
  private var movedAt: Int64 = 0
  private var freed: [UInt64] = []
  private var lastNumber: UInt64 = 0
  private var lineCount = 0
  private var dayCount = 0

  init(_ mode: Mode) {
    self.mode = mode
    writing = File(0, isPlain: mode != .growingMembers)
    if !isArriving { files[livePath] = writing }
  }

  var isArriving: Bool { mode == .arriving || mode == .arrivingSlowly }
  private var livePath: String { mode == .growingMembers ? "access.log.gz" : "access.log" }

  private mutating func newNumber() -> UInt64 {
    if let number = freed.popLast() { return number }
    lastNumber += 1
    return lastNumber
  }

  private mutating func remove(_ path: String) {
    if let file = files.removeValue(forKey: path) { freed.append(file.number) }
  }

  // MARK: - writing

  mutating func write(_ random: inout SeededGenerator) {
    lineCount += 1
    let filler = String(repeating: "x", count: random.below(60))
    append(Array("\(1_000_000 + lineCount) \(filler)\n".utf8), &random)
  }

  /// Half a line, which the next one completes.
  mutating func writeHalf(_ random: inout SeededGenerator) {
    lineCount += 1
    append(Array("\(1_000_000 + lineCount) ha".utf8), &random)
  }

  /// What the writer still held back is on disk.
  mutating func flush() {
    writing.isWhole = true
    writing.doneCount = writing.content.count
  }

  private mutating func append(_ bytes: [UInt8], _ random: inout SeededGenerator) {
    writing.content += bytes
    written += bytes
    let isBetween = mode == .growingMembers && random.isTrue(0.3)
    writing.isWhole = !isBetween
    writing.doneCount =
      isBetween
      ? writing.doneCount + random.below(writing.content.count - writing.doneCount)
      : writing.content.count
  }

  // MARK: - rotating

  mutating func rotate(at now: Int64, _ random: inout SeededGenerator) {
    tellWriter()
    switch mode {
    case .create, .delayCompress:
      shift("")
      shift(".gz")
      move(to: "access.log.1", at: now, tellsWriter: random.isTrue(0.5))
      if mode == .delayCompress { beginToCompress("access.log.2") }
    case .compress, .copyTruncateCompress:
      guard files["access.log.1"] == nil else { return }
      shift(".gz")
      if mode == .compress {
        move(to: "access.log.1", at: now, tellsWriter: random.isTrue(0.5))
      } else {
        copy(to: "access.log.1")
      }
      beginToCompress("access.log.1")
    case .dates, .datesCompressed:
      dayCount += 1
      let name = "access.log-20261121-\(1000 + dayCount)"
      move(to: name, at: now, tellsWriter: true)
      if mode == .datesCompressed { beginToCompress(name) }
    case .copyTruncate:
      shift("")
      copy(to: "access.log.1")
    case .arriving, .arrivingSlowly:
      guard !writing.content.isEmpty else { return }
      dayCount += 1
      let isSlow = mode == .arrivingSlowly
      let file = File(
        newNumber(), isPlain: false, content: writing.content, doneCount: isSlow ? 0 : nil)
      file.isWhole = !isSlow
      files["app-20261121-\(1000 + dayCount).gz"] = file
      writing = File(0)
    case .growingMembers:
      shift(".gz")
      flush()
      files["access.log.1.gz"] = files.removeValue(forKey: livePath)
      writing = File(newNumber(), isPlain: false)
      files[livePath] = writing
    }
  }

  private mutating func shift(_ ending: String) {
    for age in (1...60).reversed() {
      if let file = files.removeValue(forKey: "access.log.\(age)\(ending)") {
        files["access.log.\(age + 1)\(ending)"] = file
      }
    }
  }

  private mutating func move(to name: String, at now: Int64, tellsWriter: Bool) {
    files[name] = files.removeValue(forKey: livePath)
    files[livePath] = File(newNumber())
    (mustTell, movedAt) = (true, now)
    if tellsWriter { tellWriter() }
  }

  /// The writer opens the log by its name again.
  mutating func tellWriter() {
    guard mustTell, let live = files[livePath] else { return }
    writing = live
    mustTell = false
  }

  /// A writer is told before the grace is over.
  mutating func pass(to now: Int64) {
    if now - movedAt >= TailerState.graceMilliseconds - 1000 { tellWriter() }
  }

  private mutating func copy(to name: String) {
    files[name] = File(newNumber(), content: writing.content)
    writing.content = []
    writing.doneCount = 0
  }

  private mutating func beginToCompress(_ path: String) {
    guard let source = files[path], files[path + ".gz"] == nil else { return }
    let target = File(newNumber(), isPlain: false, content: [], doneCount: 0)
    target.isWhole = false
    target.source = source
    files[path + ".gz"] = target
  }

  /// Whoever compresses or copies writes some; when it is done, its source goes.
  mutating func compress(_ random: inout SeededGenerator) {
    for path in files.keys.sorted() {
      guard let file = files[path], !file.isPlain, !file.isWhole, file !== writing else { continue }
      if let source = file.source {
        // It compresses what is there when it reads it; nobody may write any more.
        if source === writing { continue }
        file.content = source.content
      }
      file.doneCount += 1 + random.below(file.content.count + 1 - file.doneCount)
      guard file.doneCount >= file.content.count else { continue }
      (file.doneCount, file.isWhole) = (file.content.count, true)
      if let source = file.source, let name = files.first(where: { $0.value === source })?.key {
        remove(name)
      }
      file.source = nil
    }
  }

  // MARK: - looking

  func sightings() -> [FileSighting] {
    files.keys.sorted().compactMap { path in files[path].map { sighting(of: $0, at: path) } }
  }

  func sighting(of file: File, at path: String) -> FileSighting {
    let opening = Array(file.content.prefix(min(file.doneCount, FileSighting.openingBytesMax)))
    return FileSighting(
      path: path, number: .init(device: 1, inode: file.number), byteCount: file.byteCount,
      isPlain: file.isPlain, opening: opening,
      isOpeningCertain: file.isPlain || file.isWhole
        || opening.count == FileSighting.openingBytesMax,
      firstTime: opening.count >= 7
        ? Int64(String(decoding: opening.prefix(7), as: UTF8.self)) : nil)
  }
}
