import Testing

@testable import Ingest

@Suite struct SyslogFramesTests {
  private static let messages = [
    "<134>1 2026-11-22T10:00:00Z gw nginx - - - 10.0.0.1 - - \"GET / HTTP/1.1\" 200",
    "10.0.0.7 - - [22/Nov/2026:10:00:00 +0000] \"GET /a HTTP/1.1\" 200",
    "12 monkeys", "7", "<1>x", "{\"a\": 1}",
  ]

  /// What comes out where the stream is cut at `cut`.
  private static func frames(_ stream: [UInt8], cut: Int) -> [String] {
    var frames = SyslogFrames()
    var found: [ArraySlice<UInt8>] = []
    frames.push(stream[..<cut], into: &found)
    frames.push(stream[cut...], into: &found)
    frames.finish(into: &found)
    return found.map { String(decoding: $0, as: UTF8.self) }
  }

  @Test func `lines and counted messages come out whole, wherever the stream is cut`() {
    for isCounted in [false, true] {
      let stream = Self.messages.map { message in
        isCounted && message.hasPrefix("<")
          ? "\(message.utf8.count) \(message)" : message + "\n"
      }.joined()
      let bytes = Array(stream.utf8)
      for cut in 0...bytes.count {
        #expect(Self.frames(bytes, cut: cut) == Self.messages, "cut at \(cut)")
      }
    }
  }

  @Test func `line ends and zero bytes behind a message are not of it`() {
    #expect(
      Self.frames(Array("a\r\nb\0\n\n7 <1>ab\r\n<2>c".utf8), cut: 3) == ["a", "b", "<1>ab", "<2>c"])
  }

  @Test(arguments: [true, false])
  func `what is too long is counted, and what follows is there`(isCounted: Bool) {
    let long = "<1>" + String(repeating: "x", count: SyslogFrames.messageBytesMax + 10)
    let stream = Array(
      ((isCounted ? "\(long.utf8.count) \(long)" : long + "\n") + "next\n").utf8)
    for cut in [0, 5, 300_000 / 2, stream.count] {
      var frames = SyslogFrames()
      var found: [ArraySlice<UInt8>] = []
      for part in [stream[..<cut], stream[cut...]] { frames.push(part, into: &found) }
      #expect(found.map(\.count) == [4], "cut at \(cut)")
      #expect(frames.droppedCount == 1)
    }
  }

  @Test func `a connection that ends inside a line leaves what there is of it`() {
    #expect(Self.frames(Array("a\nb".utf8), cut: 3) == ["a", "b"])
    #expect(Self.frames([], cut: 0) == [])
  }
}
