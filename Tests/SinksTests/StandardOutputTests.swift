import Detection
import Foundation
import Glibc
import Testing

@testable import Sinks

@Suite struct StandardOutputTests {
  @Test(arguments: [0, 1, 3, 1000])
  func `all alerts arrive whole and in order`(count: Int) throws {
    let alerts = (0..<count).map { Alert.sample($0) }
    let (text, counts) = try received { output in
      try output.deliver(alerts)
      try output.flush()
    }
    #expect(text == alerts.map(\.jsonLine).joined())
    #expect(counts == SinkCounts(delivered: count, bytesWritten: Int64(text.utf8.count)))
  }

  @Test func `text goes out as text`() throws {
    let (text, counts) = try received(.text(AlertText())) { output in
      try output.deliver([.sample()])
      try output.flush()
    }
    #expect(text.hasPrefix("2026-11-21 09:05Z  HIGH  spike"))
    #expect(counts.delivered == 1)
  }

  @Test func `a later revision shows the evidence that is new`() throws {
    let first = Alert.sample()
    var second = first
    second.revision = 3
    second.evidence.append(
      EvidenceLine(
        source: "edge", line: "another", lineHash: "bb", segmentIndex: 0, offset: 9))
    let (text, _) = try received(.text(AlertText())) { output in
      try output.deliver([first, second])
      try output.flush()
    }
    let blocks = text.components(separatedBy: "\n\n")
    #expect(blocks[0].contains("GET /v1/orders") && blocks[1].contains("another"))
    #expect(!blocks[1].contains("GET /v1/orders"), "\(text)")
    // Programs get every revision whole.
    let (json, _) = try received { output in
      try output.deliver([first, second])
      try output.flush()
    }
    #expect(json == first.jsonLine + second.jsonLine)
  }

  @Test func `alerts wait until they are flushed`() throws {
    let (text, counts) = try received { output in try output.deliver([.sample()]) }
    #expect(text.isEmpty && counts.delivered == 0)
  }

  @Test func `a reader that went away is a fault, not a signal`() throws {
    let pipe = try Pipes()
    pipe.closeReading()
    var output = StandardOutput(.jsonLines, descriptor: pipe.writing)
    try output.deliver([.sample()])
    #expect(throws: SinkFault.closed) { try output.flush() }
    #expect(throws: SinkFault.closed) { try output.deliver([.sample(1), .sample(2)]) }
    #expect(output.counts == SinkCounts(undelivered: 3))
  }

  @Test func `a full device is reported with the system's words`() throws {
    let descriptor = Glibc.open("/dev/full", O_WRONLY)
    try #require(descriptor >= 0)
    defer { Glibc.close(descriptor) }
    var output = StandardOutput(.jsonLines, descriptor: descriptor)
    let alerts = (0..<1000).map { Alert.sample($0) }
    let fault = try #require(throws: SinkFault.self) { try output.deliver(alerts) }
    #expect("\(fault)".contains("No space left"))
    #expect(output.counts == SinkCounts(undelivered: 1000))
  }

  @Test func `a target that takes little at a time gets everything`() throws {
    let pipe = try Pipes()
    // The pipe does not block and holds less than this: the writer must wait for the reader.
    #expect(fcntl(pipe.writing, F_SETFL, O_NONBLOCK) == 0)
    let alerts = (0..<500).map { Alert.sample($0) }
    let reader = pipe.readInBackground()
    var output = StandardOutput(.jsonLines, descriptor: pipe.writing)
    try output.deliver(alerts)
    try output.flush()
    pipe.closeWriting()
    #expect(reader() == alerts.map(\.jsonLine).joined())
    #expect(output.counts.delivered == 500)
  }

  /// What a reader gets of what `body` delivers.
  private func received(
    _ form: StandardOutput.Form = .jsonLines, _ body: (inout StandardOutput) throws -> Void
  ) throws -> (String, SinkCounts) {
    let pipe = try Pipes()
    let reader = pipe.readInBackground()
    var output = StandardOutput(form, descriptor: pipe.writing)
    try body(&output)
    pipe.closeWriting()
    return (reader(), output.counts)
  }
}

/// A pipe whose ends close once.
private final class Pipes: Sendable {
  private let pipe = Pipe()

  init() throws {}

  var writing: Int32 { pipe.fileHandleForWriting.fileDescriptor }

  func closeReading() { try? pipe.fileHandleForReading.close() }

  func closeWriting() { try? pipe.fileHandleForWriting.close() }

  /// Reads until the other end closes; the result waits for that.
  func readInBackground() -> () -> String {
    let done = DispatchSemaphore(value: 0)
    let text = Box()
    Thread.detachNewThread {
      text.value = self.pipe.fileHandleForReading.readDataToEndOfFile()
      done.signal()
    }
    return {
      done.wait()
      return String(decoding: text.value, as: UTF8.self)
    }
  }

  private final class Box: @unchecked Sendable { var value = Data() }
}
