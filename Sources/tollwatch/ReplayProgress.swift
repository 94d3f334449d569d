import AccessLog
import Detection
import Ingest
import Terminal

/// How far a replay is, for the person at the terminal:
///
///     42 %  1.2 of 2.9 GB  8,251,014 lines  at 2026-03-14 09:05Z  611,000 lines a second  2 min left
///
/// It stands on standard error and is gone when the replay is; off a terminal there is none.
struct ReplayProgress {
  let meter = ReadingMeter()
  private let screen: Screen
  /// Compressed bytes of all segments; `nil` where one of them is a pipe.
  private let byteCount: Int64?
  private var line = ProgressLine()
  private let start = ContinuousClock.now
  private(set) var lineCount = 0

  init(_ sources: [ReplayPlan.Source], screen: Screen = .error) {
    self.screen = screen
    let sizes = sources.flatMap(\.segments).map(\.byteCount)
    byteCount = sizes.contains(nil) ? nil : sizes.reduce(0) { $0 + ($1 ?? 0) }
  }

  /// More lines were judged, and the slowest source's clock is at `time`.
  mutating func note(lines: Int, at time: EventTime?) {
    lineCount += lines
    guard screen.canRedraw else { return }
    let elapsed = start.duration(to: .now)
    let now =
      elapsed.components.seconds * 1000
      + elapsed.components.attoseconds / 1_000_000_000_000_000
    guard line.isDue(atMilliseconds: now), let columns = screen.columns else { return }
    StandardError.write(
      line.draw(parts(at: time, milliseconds: now), columns: columns, atMilliseconds: now))
  }

  /// Something else is going to be written to the screen.
  mutating func hide() {
    guard screen.canRedraw else { return }
    StandardError.write(line.hide(columns: screen.columns ?? Screen.columnsAssumed))
  }

  private func parts(at time: EventTime?, milliseconds: Int64) -> [ProgressLine.Part] {
    let state = State(
      bytesRead: meter.byteCount, byteCount: byteCount, lineCount: lineCount, time: time,
      milliseconds: milliseconds)
    return state.parts
  }

  /// What the line tells at one moment.
  struct State {
    var bytesRead: Int64
    var byteCount: Int64?
    var lineCount: Int
    var time: EventTime?
    /// Since the start.
    var milliseconds: Int64

    var parts: [ProgressLine.Part] {
      var parts: [ProgressLine.Part] = []
      if let share { parts.append(.init("\(share) %")) }
      parts.append(.init(bytes, dispensability: byteCount == nil ? 0 : 2))
      parts.append(.init(Quantity.count(lineCount, "line"), dispensability: 4))
      if let time {
        let text = time.rfc3339
        parts.append(
          .init("at \(text.prefix(10)) \(text.dropFirst(11).prefix(5))Z", dispensability: 3))
      }
      let rate = Int64(lineCount) * 1000 / max(1, milliseconds)
      parts.append(.init("\(Quantity.count(rounded(rate))) lines a second", dispensability: 5))
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
      return "\(read) of \(Quantity.bytes(byteCount))"
    }

    /// Three digits say enough of a rate.
    private func rounded(_ rate: Int64) -> Int64 {
      var step: Int64 = 1
      while rate / step >= 1000 { step *= 10 }
      return rate / step * step
    }

    /// Guessed only once there is something to guess from.
    private var left: String? {
      guard let byteCount, bytesRead > 0, milliseconds >= 2000 else { return nil }
      let rest = Double(max(0, byteCount - bytesRead)) / Double(bytesRead)
      return Quantity.duration(seconds: Int64((rest * Double(milliseconds) / 1000).rounded(.up)))
    }
  }
}
