import Crypto
import Foundation
import Ingest
import Synchronization

/// SHA-256 of one input file, taken of the bytes that are read, while they are read: of a log
/// that grows it is the hash of what was judged, and of a pipe there is no other.
final class InputDigest: Sendable {
  private struct State {
    var hash = SHA256()
    var byteCount: Int64 = 0
    var hexadecimal: String?
  }

  let segment: Segment
  private let state = Mutex(State())

  init(_ segment: Segment) { self.segment = segment }

  /// Bytes that the hash is of.
  var byteCount: Int64 { state.withLock { $0.byteCount } }

  /// 64 hexadecimal digits, once all was read; of what was read until now if it was not.
  var hexadecimal: String? {
    state.withLock { $0.hexadecimal ?? ($0.byteCount > 0 ? Self.text($0.hash) : nil) }
  }

  var isFinished: Bool { state.withLock { $0.hexadecimal != nil } }

  /// Takes bytes that stand at `offset` of the input; those that it had are passed over.
  func add(_ bytes: UnsafeRawBufferPointer, at offset: Int64) {
    state.withLock { state in
      let known = state.byteCount - offset
      guard known >= 0, known < bytes.count else { return }
      state.hash.update(
        bufferPointer: UnsafeRawBufferPointer(rebasing: bytes[Int(known)...]))
      state.byteCount += Int64(bytes.count) - known
    }
  }

  /// The reader is done. What it left alone, behind damage of which there was too much, belongs
  /// to the file all the same.
  func finish() {
    readOn()
    state.withLock { $0.hexadecimal = Self.text($0.hash) }
  }

  private func readOn() {
    guard let size = segment.byteCount, byteCount < size,
      let file = FileHandle(forReadingAtPath: segment.path)
    else { return }
    try? file.seek(toOffset: UInt64(byteCount))
    while byteCount < size {
      let wanted = Int(min(size - byteCount, 1 << 20))
      guard let data = try? file.read(upToCount: wanted), !data.isEmpty else { return }
      data.withUnsafeBytes { add($0, at: byteCount) }
    }
  }

  private static func text(_ hash: SHA256) -> String {
    hash.finalize().map { byte in
      let digits = String(byte, radix: 16)
      return digits.count == 1 ? "0" + digits : digits
    }.joined()
  }
}
