import Foundation
import Testing

@testable import Ingest

@Suite struct FileTailerTests {
  let folder = TemporaryFolder()

  @Test func `a log that grows is read on, half lines too`() throws {
    let follower = Follower(folder)
    try folder.write("1 a\n2 b", to: "access.log")
    follower.look()
    try folder.add("b\n3 c\n", to: "access.log")
    follower.look(3)
    #expect(follower.text == "1 a\n2 bb\n3 c\n")
    #expect(follower.notes == [])
  }

  @Test func `half a first line waits for its end`() throws {
    let follower = Follower(folder)
    try folder.write("1 a", to: "access.log")
    follower.look(50)
    #expect(follower.text == "")
    try folder.add("a\n", to: "access.log")
    follower.look()
    #expect(follower.text == "1 aa\n")
  }

  @Test func `half a line may wait for an hour for its rest, and for a rotation`() throws {
    let follower = Follower(folder)
    try folder.write("1 a\n2 b", to: "access.log")
    follower.look(3700)
    try folder.add("bb", to: "access.log")
    try folder.move("access.log", to: "access.log.1")
    try folder.write("3 c\n", to: "access.log")
    follower.look(3)
    try folder.add("b\n", to: "access.log.1")
    follower.look(20)
    #expect(follower.text == "1 a\n2 bbbb\n3 c\n")
    #expect(follower.segmentEndCount == 1)
    #expect(follower.notes == [])
  }

  @Test func `lines that a writer adds to a log that is over are missed, and told as often`() throws
  {
    var follower = Follower(folder)
    try folder.write(lines(1..<10), to: "access.log")
    follower.look(3)
    try folder.move("access.log", to: "access.log.1")
    try folder.write(lines(20..<30), to: "access.log")
    follower.look(10)
    for number in [10, 11] {
      try folder.add(lines(number..<number + 1), to: "access.log.1")
      follower.look(5)
    }
    #expect(follower.text == lines(1..<10) + lines(20..<30))
    #expect(follower.missed == lines(10..<12))
    #expect(follower.notes.count == 2)
    // The next process does not know that it was told.
    follower = Follower(folder, after: follower.positions)
    follower.look(5)
    #expect(follower.missed == lines(10..<12))
    #expect(follower.text == "")
  }

  @Test func `a link that is turned to another file is a rotation`() throws {
    let follower = Follower(folder, at: "/current")
    for number in 1...3 {
      let name = "app-\(number).txt"
      try folder.write(lines(number * 10..<number * 10 + 5), to: name)
      try folder.link("current", to: name)
      follower.look(8)
      try folder.add(lines(number * 10 + 5..<number * 10 + 10), to: name)
      follower.look()
    }
    follower.look(20)
    #expect(follower.text == lines(10..<40))
    #expect(follower.notes == [])
  }

  @Test func `a link that is turned while nobody looks loses nothing of what was open`() throws {
    let follower = Follower(folder, at: "/current")
    try folder.write(lines(1..<10), to: "app-1.txt")
    try folder.link("current", to: "app-1.txt")
    follower.look(2)
    try folder.add(lines(10..<20), to: "app-1.txt")
    try folder.write(lines(20..<30), to: "app-2.txt")
    try folder.link("current", to: "app-2.txt")
    follower.look(20)
    #expect(follower.text == lines(1..<30))
    #expect(follower.segmentEndCount == 1)
  }

  @Test func `members of a compressed log may end inside lines`() throws {
    let follower = Follower(folder)
    let text = Array(lines(1..<200).utf8)
    var start = 0
    for end in [7, 1000, 1001, 3333, text.count] {
      try folder.add(GzipWriter().member(Array(text[start..<end])), to: "access.log.gz")
      start = end
      follower.look(2)
      #expect(Array(follower.text.utf8) == Array(text[..<end]))
    }
    #expect(follower.notes == [])
  }

  @Test func `an archive that is written under its last name is read when it is whole`() throws {
    let follower = Follower(folder)
    let whole = GzipWriter().member(Array(lines(1..<2000).utf8))
    try folder.write(Array(whole.prefix(50)), to: "app-1.log.gz")
    follower.look(4)
    for start in stride(from: 50, to: whole.count, by: 500) {
      try folder.add(Array(whole[start..<min(start + 500, whole.count)]), to: "app-1.log.gz")
      follower.look(4)
    }
    try folder.write(GzipWriter().member(Array(lines(2000..<2100).utf8)), to: "app-2.log.gz")
    follower.look(20)
    #expect(follower.text == lines(1..<2100))
    #expect(follower.gapCount == 0)
    #expect(follower.notes == [])
  }

  @Test func `the freed number of a file is not the file`() throws {
    let follower = Follower(folder)
    for start in stride(from: 1, to: 200, by: 20) {
      // The file system hands the number out again at once.
      try folder.write(lines(start..<start + 10), to: "access.log")
      follower.look(2)
      try folder.add(lines(start + 10..<start + 20), to: "access.log")
      follower.look(8)
      try folder.remove("access.log")
    }
    follower.look(100)
    #expect(follower.text == lines(1..<201))
  }

  @Test func `a log goes on in its compressed self after a restart`() throws {
    let (early, late) = (lines(1..<900), lines(900..<1000))
    var follower = Follower(folder)
    try folder.write(early, to: "access.log")
    follower.look(3)
    try folder.add(late, to: "access.log")
    try folder.compress("access.log", to: "access.log.2.gz")
    try folder.write("2000 new\n", to: "access.log")
    let read = follower.text
    follower = Follower(folder, after: follower.positions)
    follower.look(20)
    #expect(read + follower.text == early + late + "2000 new\n")
    #expect(follower.segmentEndCount == 1)
    #expect(follower.notes == [])
  }

  @Test func `a log that is copied and cut is finished from the copy`() throws {
    let follower = Follower(folder)
    try folder.write(lines(1..<10), to: "access.log")
    follower.look(2)
    try folder.add(lines(10..<20), to: "access.log")
    try folder.copy("access.log", to: "access.log.1")
    try folder.cut("access.log")
    try folder.add(lines(20..<40), to: "access.log")
    follower.look(20)
    #expect(follower.text == lines(1..<40))
    #expect(follower.notes == [])
  }

  @Test func `a log that is cut without a copy leaves a gap`() throws {
    let follower = Follower(folder)
    try folder.write(lines(1..<10), to: "access.log")
    follower.look(2)
    try folder.cut("access.log")
    try folder.add(lines(20..<40), to: "access.log")
    follower.look(60)
    #expect(follower.text == lines(1..<10) + lines(20..<40))
  }

  @Test func `of logs whose names tell no age one after the other is read`() throws {
    let follower = Follower(folder)
    try folder.write(lines(1..<10), to: "access.log")
    follower.look(2)
    for (number, name) in ["first", "second", "third"].enumerated() {
      try folder.move("access.log", to: "access.log.\(name)")
      try folder.write(lines((number + 1) * 10..<(number + 2) * 10), to: "access.log")
      follower.look(2)
    }
    follower.look(200)
    #expect(follower.text == lines(1..<40))
    #expect(follower.notes == [])
  }

  @Test func `a log that was removed is read to its end while it is open`() throws {
    let follower = Follower(folder)
    try folder.write(lines(1..<10), to: "access.log")
    follower.look(2)
    try folder.add(lines(10..<20), to: "access.log")
    try folder.remove("access.log")
    try folder.write(lines(20..<30), to: "access.log")
    follower.look(20)
    #expect(follower.text == lines(1..<30))
    #expect(follower.notes == [])
  }

  @Test func `a compressed log that breaks off holds back what is newer for a while`() throws {
    let follower = Follower(folder)
    let member = GzipWriter().member(Array(lines(1..<3000).utf8))
    try folder.write(Array(member.prefix(member.count / 2)), to: "app-20261121.gz")
    try folder.write(lines(5000..<5010), to: "app.log")
    follower.look(10)
    #expect(!follower.text.contains("5000"))
    follower.look(100)
    #expect(follower.text.hasSuffix(lines(5000..<5010)))
    #expect(follower.gapCount > 0)
    #expect(follower.notes.contains { $0.contains("breaks off") })
  }

  @Test func `a compressed log whose checksum is wrong says so, and leaves a gap`() throws {
    for count in [20, 200_000] {
      let folder = TemporaryFolder()
      var member = GzipWriter().member(Array(lines(1..<count).utf8))
      member[member.count - 8] ^= 0xff
      try folder.write(member, to: "access.log.1.gz")
      try folder.write("\(count) new\n", to: "access.log")
      let follower = Follower(folder)
      follower.look(30)
      #expect(follower.text == lines(1..<count) + "\(count) new\n")
      #expect(follower.gapCount > 0)
      #expect(follower.notes.contains { $0.contains("checksum") }, "\(follower.notes)")
    }
  }

  @Test func `a compressed log grows by members`() throws {
    let follower = Follower(folder)
    for start in [1, 101, 201] {
      let member = GzipWriter().member(Array(lines(start..<start + 100).utf8))
      try folder.add(Array(member.prefix(20)), to: "access.log.gz")
      follower.look()
      try folder.add(Array(member.dropFirst(20)), to: "access.log.gz")
      follower.look(2)
      #expect(follower.text == lines(1..<start + 100))
    }
    #expect(follower.notes == [])
  }

  @Test func `an archive that comes late is told, and stays late after a death`() throws {
    var follower = Follower(folder)
    try folder.write(lines(100..<110), to: "app-20261101.log")
    try folder.write(lines(300..<310), to: "app-20261103.log")
    follower.look(10)
    let checkpoint = follower.positions
    #expect(checkpoint.count == 2)
    try folder.write(lines(400..<410), to: "app-20261104.log")
    follower.look(20)
    try folder.write(lines(350..<360), to: "app-20261103-2.log")
    follower.look(20)
    #expect(follower.text == lines(100..<110) + lines(300..<310) + lines(400..<410))
    #expect(follower.latePaths == [folder.path + "/app-20261103-2.log"])

    let again = Follower(folder, after: checkpoint, order: follower.order)
    again.look(20)
    #expect(again.text == lines(400..<410))
    #expect(again.latePaths == [])
    // Who knows the checkpoint alone reads them as if none had come late.
    follower = Follower(folder, after: checkpoint)
    follower.look(20)
    #expect(follower.text == lines(350..<360) + lines(400..<410))
  }

  @Test func `named archives are read however old, the log's own only so far back`() throws {
    try folder.write(lines(1..<10), to: "old/access.log.7")
    try folder.write(lines(20..<30), to: "log/access.log.4")
    try folder.write(lines(45..<50), to: "old/another")
    try folder.write(lines(60..<70), to: "log/access.log.3")
    try folder.write(lines(90..<110), to: "log/access.log.2")
    try folder.write(lines(110..<120), to: "log/access.log")
    let follower = Follower(folder, at: "/log", archives: "/old", oldestTime: 1_000_100)
    follower.look(40)
    // The last one that begins before the bound reaches beyond it.
    #expect(follower.text == lines(1..<10) + lines(45..<50) + lines(90..<120))
    #expect(follower.latePaths == [])
  }

  @Test func `a pipe and a socket among the logs are told, once`() throws {
    try folder.write(lines(1..<10), to: "access.log")
    #expect(mkfifo(folder.path + "/access.log.pipe", 0o600) == 0)
    let follower = Follower(folder)
    follower.look(5)
    #expect(follower.notes.count == 1)
    #expect(follower.notes[0].contains("listen to it: fifo:"), "\(follower.notes)")
    #expect(follower.text == lines(1..<10))
  }

  @Test func `a folder that goes is told, and that it is back`() throws {
    try folder.write(lines(1..<10), to: "log/access.log")
    let follower = Follower(folder, at: "/log/*.log")
    follower.look(3)
    try folder.move("log", to: "elsewhere")
    follower.look(5)
    #expect(follower.notes.map { $0.contains("there is no such folder") } == [true])
    try folder.move("elsewhere", to: "log")
    try folder.add(lines(10..<20), to: "log/access.log")
    follower.look(5)
    #expect(follower.notes.count == 2 && follower.notes[1].contains("is there again"))
    #expect(follower.text == lines(1..<20))
  }

  @Test func `a log that may not be read is read once it may`() throws {
    guard getuid() != 0 else { return }
    let follower = Follower(folder)
    let path = try folder.write(lines(1..<10), to: "access.log")
    chmod(path, 0)
    follower.look(3)
    #expect(follower.notes.count == 1)
    chmod(path, 0o600)
    follower.look(2)
    #expect(follower.text == lines(1..<10))
  }

  @Test(arguments: UInt64(1)...20)
  func `every byte is read once, whatever happens to the files`(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    var follower = Follower(folder)
    var read = ""
    var next = 1
    for _ in 0..<120 {
      switch random.below(14) {
      case 0: try rotate(&random)
      case 1: try folder.compressFirstPlain()
      case 2:
        read += follower.text
        follower = Follower(folder, after: follower.positions)
      case 3..<8: follower.look(1 + random.below(4))
      default:
        let count = 1 + random.below(60)
        try folder.add(lines(next..<next + count), to: "access.log")
        next += count
      }
    }
    follower.look(300)
    read += follower.text
    #expect(read == lines(1..<next), "seed \(seed)")
    #expect(follower.notes == [], "seed \(seed)")
  }

  private func rotate(_ random: inout SeededGenerator) throws {
    guard folder.has("access.log"), !folder.has("access.log.1") || random.isTrue(0.7) else {
      return
    }
    for age in (1...30).reversed() {
      for ending in ["", ".gz"] where folder.has("access.log.\(age)\(ending)") {
        try folder.move("access.log.\(age)\(ending)", to: "access.log.\(age + 1)\(ending)")
      }
    }
    if random.isTrue(0.3) {
      try folder.copy("access.log", to: "access.log.1")
      try folder.cut("access.log")
    } else {
      try folder.move("access.log", to: "access.log.1")
    }
  }

  private func lines(_ numbers: Range<Int>) -> String {
    numbers.map { "\(1_000_000 + $0) \(String(repeating: "x", count: $0 % 50))\n" }.joined()
  }
}

/// Looks at a folder once a second of a clock of its own, and keeps what came.
private final class Follower {
  private var tailer: FileTailer
  private var now: Int64 = 0
  private(set) var text = ""
  private(set) var notes: [String] = []
  private(set) var gapCount = 0
  private(set) var missed = ""
  private(set) var latePaths: [String] = []
  private(set) var segmentEndCount = 0

  init(
    _ folder: TemporaryFolder, at path: String = "", archives: String? = nil,
    after positions: [TailPosition] = [], order: [TailPosition] = [], oldestTime: Int64 = .min
  ) {
    tailer = FileTailer(
      paths: [folder.path + path], archives: archives.map { [folder.path + $0] } ?? [],
      positions: positions, order: order, oldestTime: oldestTime
    ) { head in
      Int64(String(decoding: head.prefix { (48...57).contains($0) }, as: UTF8.self))
    }
  }

  var positions: [TailPosition] { tailer.positions }
  var order: [TailPosition] { tailer.order }

  func look(_ count: Int = 1) {
    for _ in 0..<count {
      now += 1000
      var events: [FileTailer.Event] = []
      while tailer.advance(at: now, into: &events) {}
      for event in events { take(event) }
    }
  }

  private func take(_ event: FileTailer.Event) {
    switch event {
    case .chunk(let bytes): text += String(decoding: bytes, as: UTF8.self)
    case .gap: gapCount += 1
    case .segmentEnd: segmentEndCount += 1
    case .note(let note): notes.append(note)
    case .late(let path, _): latePaths.append(path)
    case .missed(let bytes): missed += String(decoding: bytes, as: UTF8.self)
    }
  }
}

extension TemporaryFolder {
  private func url(_ name: String) -> URL { URL(fileURLWithPath: path + "/" + name) }

  fileprivate func has(_ name: String) -> Bool {
    FileManager.default.fileExists(atPath: path + "/" + name)
  }

  fileprivate func add(_ bytes: [UInt8], to name: String) throws {
    guard has(name) else {
      try write(bytes, to: name)
      return
    }
    let file = try FileHandle(forWritingTo: url(name))
    try file.seekToEnd()
    try file.write(contentsOf: Data(bytes))
    try file.close()
  }

  fileprivate func add(_ text: String, to name: String) throws {
    try add(Array(text.utf8), to: name)
  }

  fileprivate func move(_ name: String, to other: String) throws {
    try FileManager.default.moveItem(at: url(name), to: url(other))
  }

  /// Makes a link, or turns the one that is there, at once.
  fileprivate func link(_ name: String, to target: String) throws {
    try FileManager.default.createSymbolicLink(
      atPath: path + "/\(name).new", withDestinationPath: target)
    #expect(rename(path + "/\(name).new", path + "/" + name) == 0)
  }

  fileprivate func copy(_ name: String, to other: String) throws {
    try FileManager.default.copyItem(at: url(name), to: url(other))
  }

  fileprivate func cut(_ name: String) throws {
    let file = try FileHandle(forWritingTo: url(name))
    try file.truncate(atOffset: 0)
    try file.close()
  }

  fileprivate func remove(_ name: String) throws {
    try FileManager.default.removeItem(at: url(name))
  }

  fileprivate func compress(_ name: String, to other: String) throws {
    let content = try Data(contentsOf: url(name))
    try write(GzipWriter().member(Array(content)), to: other)
    try remove(name)
  }

  fileprivate func compressFirstPlain() throws {
    for age in 1...30 where has("access.log.\(age)") {
      return try compress("access.log.\(age)", to: "access.log.\(age).gz")
    }
  }
}
