import Foundation
import Testing

@testable import Sinks

@Suite struct BufferedOutputTests {
  @Test func `everything arrives in its order, however much it is`() throws {
    let pipe = Pipe()
    let writer = pipe.fileHandleForWriting
    let reading = Thread.detached { pipe.fileHandleForReading.readDataToEndOfFile() }
    var output = BufferedOutput(descriptor: writer.fileDescriptor)
    for number in 0..<50_000 { try output.writeLine("line \(number)") }
    try output.write("end".utf8)
    try output.flush()
    try writer.close()
    let text = String(decoding: reading.value, as: UTF8.self)
    #expect(text == (0..<50_000).map { "line \($0)\n" }.joined() + "end")
  }

  @Test func `a reader that went away is told`() throws {
    signal(SIGPIPE, SIG_IGN)
    let pipe = Pipe()
    try pipe.fileHandleForReading.close()
    var output = BufferedOutput(descriptor: pipe.fileHandleForWriting.fileDescriptor)
    try output.writeLine("nobody reads this")
    #expect(throws: SinkFault.closed) { try output.flush() }
  }
}

/// A value that another thread makes.
private final class Thread<Value: Sendable>: @unchecked Sendable {
  private var made: Value?
  private let done = DispatchSemaphore(value: 0)

  var value: Value {
    done.wait()
    return made!
  }

  static func detached(_ make: @escaping @Sendable () -> Value) -> Thread {
    let thread = Thread()
    DispatchQueue.global().async {
      thread.made = make()
      thread.done.signal()
    }
    return thread
  }
}
