/// Text that is not compressed: its bytes are copied.
package struct Plain: ~Copyable, Decompressor {
  package static let name = "plain"

  package static func recognizes(_ head: UnsafeRawBufferPointer) -> Bool { true }

  package init() {}

  package mutating func decompress(
    _ input: UnsafeRawBufferPointer, isLast: Bool, into output: UnsafeMutableRawBufferPointer
  ) -> DecompressorStep {
    let count = min(input.count, output.count)
    output.copyMemory(from: UnsafeRawBufferPointer(rebasing: input[..<count]))
    let isAtEnd = isLast && count == input.count
    return DecompressorStep(consumed: count, produced: count, event: isAtEnd ? .end : nil)
  }

  package mutating func restart() {}
}
