import AccessLog
import Detection
import Ingest
import Terminal

/// How far a replay is, for the person at the terminal: a line on standard error that is gone
/// when the replay is. Off a terminal there is none. A class, because those who read and those
/// who show alerts share the one screen.
final class ReplayProgress {
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
  func note(lines: Int, at time: EventTime?) {
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
  func hide() {
    guard screen.canRedraw else { return }
    StandardError.write(line.hide(columns: screen.columns ?? Screen.columnsAssumed))
  }

  private func parts(at time: EventTime?, milliseconds: Int64) -> [ProgressLine.Part] {
    ReadingProgress(
      bytesRead: meter.byteCount, byteCount: byteCount, lineCount: lineCount, time: time,
      milliseconds: milliseconds
    ).parts
  }
}
