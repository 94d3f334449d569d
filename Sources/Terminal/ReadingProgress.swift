public import AccessLog

/// How far the reading of logs is, at one moment:
///
///     42 %  1.2 of 2.9 GB  8.2 M lines, 611 k/s  2026-03-14 09:05Z  20 s left
///
/// All of it fits a window of 80 columns.
public struct ReadingProgress: Hashable, Sendable {
  /// Compressed bytes that were read, and all there are; `nil` where a pipe is among them.
  public var bytesRead: Int64
  public var byteCount: Int64?
  public var lineCount: Int
  /// The event time that was reached.
  public var time: EventTime?
  /// Since the start.
  public var milliseconds: Int64

  public init(
    bytesRead: Int64, byteCount: Int64?, lineCount: Int, time: EventTime?, milliseconds: Int64
  ) {
    self.bytesRead = bytesRead
    self.byteCount = byteCount
    self.lineCount = lineCount
    self.time = time
    self.milliseconds = milliseconds
  }

  public var parts: [ProgressLine.Part] {
    var parts: [ProgressLine.Part] = []
    if let share { parts.append(.init("\(share) %")) }
    parts.append(.init(bytes, dispensability: byteCount == nil ? 0 : 2))
    let rate = Int64(lineCount) * 1000 / max(1, milliseconds)
    parts.append(
      .init(
        "\(Quantity.short(Int64(lineCount))) lines, \(Quantity.short(rate))/s",
        dispensability: 4))
    if let time {
      let text = time.rfc3339
      parts.append(
        .init("\(text.prefix(10)) \(text.dropFirst(11).prefix(5))Z", dispensability: 3))
    }
    if let left { parts.append(.init("\(left) left", dispensability: 1)) }
    return parts
  }

  private var share: Int64? {
    guard let byteCount, byteCount > 0 else { return nil }
    return min(100, max(0, bytesRead) * 100 / byteCount)
  }

  private var bytes: String {
    let read = Quantity.bytes(max(0, bytesRead))
    guard let byteCount else { return read }
    let whole = Quantity.bytes(byteCount)
    // `1.2 of 2.9 GB`: a unit is told once.
    let (number, unit) = (read.prefix { $0 != " " }, read.drop { $0 != " " })
    return "\(whole.hasSuffix(unit) ? number : read[...]) of \(whole)"
  }

  /// Guessed only once there is something to guess from.
  private var left: String? {
    guard let byteCount, bytesRead > 0, bytesRead < byteCount, milliseconds >= 2000 else {
      return nil
    }
    let rest = Double(max(0, byteCount - bytesRead)) / Double(bytesRead)
    return Quantity.duration(seconds: Int64((rest * Double(milliseconds) / 1000).rounded(.up)))
  }
}
