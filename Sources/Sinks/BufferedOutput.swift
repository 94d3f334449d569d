/// Bytes for standard output, or another open descriptor, written in pieces of 64 KiB, so that
/// an answer of any length takes no more memory than that.
public struct BufferedOutput: Sendable {
  private let descriptor: Int32
  private var buffer: [UInt8] = []

  private static let bufferBytesMax = 64 << 10

  public init(descriptor: Int32 = 1) { self.descriptor = descriptor }

  /// Appends what `body` appends to the bytes it is given.
  public mutating func write(_ body: (inout [UInt8]) -> Void) throws(SinkFault) {
    body(&buffer)
    if buffer.count >= Self.bufferBytesMax { try flush() }
  }

  public mutating func write(_ bytes: some Sequence<UInt8>) throws(SinkFault) {
    try write { $0.append(contentsOf: bytes) }
  }

  /// Writes `text` and a line end.
  public mutating func writeLine(_ text: String) throws(SinkFault) {
    try write {
      $0.append(contentsOf: text.utf8)
      $0.append(UInt8(ascii: "\n"))
    }
  }

  public mutating func flush() throws(SinkFault) {
    let (_, fault) = StandardOutput.write(buffer, to: descriptor)
    buffer.removeAll(keepingCapacity: true)
    if let fault { throw fault }
  }
}
