/// Cuts what comes over a connection into messages: counted ones, `57 <134>1 …`, or one a line (RFC
/// 6587). Who sends lines without a syslog header is understood as well.
package struct SyslogFrames {
  /// What is longer is dropped and counted.
  package static let messageBytesMax = 256 * 1024
  private static let countDigitsMax = 7

  private var pending: [UInt8] = []
  /// Bytes of a message that is too long, which are still to come; to the end of the line where that
  /// is not known.
  private var skipped: Int?
  private var skipsLine = false
  package private(set) var droppedCount = 0

  package init() {}

  /// Appends the messages that are whole with `bytes`, without their line ends.
  package mutating func push(
    _ bytes: some Collection<UInt8>, into messages: inout [ArraySlice<UInt8>]
  ) {
    pending += bytes
    var rest = pending[...]
    while let next = next(&rest) {
      if !next.isEmpty { messages.append(next) }
    }
    pending = Array(rest)
  }

  /// The connection ended; what is there is a message.
  package mutating func finish(into messages: inout [ArraySlice<UInt8>]) {
    guard !pending.isEmpty, !skipsLine, skipped == nil else { return }
    messages.append(pending[...])
    pending = []
  }

  /// Takes the next message off `rest`; empty where there is none but more may follow.
  private mutating func next(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    guard !rest.isEmpty, skip(&rest), let first = rest.first else { return nil }
    if (UInt8(ascii: "1")...UInt8(ascii: "9")).contains(first) {
      switch count(rest) {
      case .unknown: return nil
      case .bytes(let count, let start): return take(count, from: start, &rest)
      case .none: break
      }
    }
    return line(&rest)
  }

  /// False where nothing is left.
  private mutating func skip(_ rest: inout ArraySlice<UInt8>) -> Bool {
    if let count = skipped {
      let passed = min(count, rest.count)
      rest = rest.dropFirst(passed)
      skipped = passed == count ? nil : count - passed
    }
    if skipsLine {
      let end = rest.firstIndex(of: UInt8(ascii: "\n"))
      rest = end.map { rest[($0 + 1)...] } ?? []
      skipsLine = end == nil
    }
    return !rest.isEmpty
  }

  private enum Count {
    case bytes(Int, start: Int)
    /// The line has no count.
    case none
    case unknown
  }

  /// Digits, a blank and the `<` of a priority, or it is a line that begins with a number.
  private func count(_ rest: ArraySlice<UInt8>) -> Count {
    var count = 0
    var at = rest.startIndex
    while at < rest.endIndex, at - rest.startIndex < Self.countDigitsMax, rest[at] >= 48,
      rest[at] <= 57
    {
      count = count * 10 + Int(rest[at] - 48)
      at += 1
    }
    guard at < rest.endIndex else { return .unknown }
    guard rest[at] == UInt8(ascii: " ") else { return .none }
    guard at + 1 < rest.endIndex else { return .unknown }
    return rest[at + 1] == UInt8(ascii: "<") ? .bytes(count, start: at + 1) : .none
  }

  private mutating func take(
    _ count: Int, from start: Int, _ rest: inout ArraySlice<UInt8>
  ) -> ArraySlice<UInt8>? {
    guard count <= Self.messageBytesMax else {
      droppedCount += 1
      skipped = count
      rest = rest[start...]
      return []
    }
    guard start + count <= rest.endIndex else { return nil }
    defer { rest = rest[(start + count)...] }
    return Self.trimmed(rest[start..<start + count])
  }

  private mutating func line(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    guard let end = rest.firstIndex(of: UInt8(ascii: "\n")) else {
      guard rest.count > Self.messageBytesMax else { return nil }
      droppedCount += 1
      skipsLine = true
      rest = []
      return nil
    }
    defer { rest = rest[(end + 1)...] }
    guard end - rest.startIndex <= Self.messageBytesMax else {
      droppedCount += 1
      return []
    }
    return Self.trimmed(rest[..<end])
  }

  /// Without what ends it: line ends, or the zero byte that some senders add.
  package static func trimmed(_ message: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var message = message
    while let last = message.last, [0, 10, 13].contains(last) { message.removeLast() }
    return message
  }
}
