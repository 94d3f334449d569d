import AccessLog
public import Detection
import Terminal

/// The picture of an alert as two lines of text: what was counted, and below it, on the same
/// scale, the edge of the band that it left.
///
///     ▁▁▂▁▁▂▁▁▁▆█  5 min a bar from 08:10Z; the highest 1,840
///     ▂▂▂▂▂▂▂▂▂▂▂  usual at the end: 210 to 480
///
/// With colour, bars outside of the band are red.
public struct PictureText: Sendable {
  private let picture: AlertPicture

  public init(_ picture: AlertPicture) { self.picture = picture }

  /// - Parameter columns: The width to fit; the oldest bars go first, then the words.
  public func lines(columns: Int?, isColored: Bool = false) -> [String] {
    let width = columns ?? .max
    let windows = picture.windows.suffix(max(1, width))
    guard let last = windows.last else { return [] }
    let isFall = last.count < last.low
    let edges = windows.map { isFall ? $0.low : $0.high }
    let counts = windows.map { SparkLine.Bar($0.count, isUnusual: $0.isUnusual) }
    let ceiling = max(windows.map(\.count).max() ?? 0, edges.max() ?? 0)
    let wordColumns = width - windows.count
    return [
      SparkLine(counts).text(isColored: isColored, ceiling: ceiling)
        + DisplayWidth.cut(scale(windows), to: wordColumns),
      SparkLine(edges).text(ceiling: ceiling)
        + DisplayWidth.cut(band(last), to: wordColumns),
    ]
  }

  private func scale(_ windows: ArraySlice<AlertPicture.Window>) -> String {
    let length = Quantity.duration(seconds: picture.windowMilliseconds / 1000)
    let start = picture.start(ofWindow: windows.startIndex).rfc3339
    let isFine = picture.windowMilliseconds < 60_000
    let time = start.dropFirst(11).prefix(isFine ? 8 : 5)
    let highest = windows.map(\.count).max() ?? 0
    return "  \(length) a bar from \(time)Z; the highest \(Quantity.number(highest))"
  }

  private func band(_ last: AlertPicture.Window) -> String {
    let high = Quantity.number(last.high)
    let range = last.low > 0 ? "\(Quantity.number(last.low)) to \(high)" : "at most \(high)"
    return "  usual at the end: \(range)"
  }
}

extension AlertPicture.Window {
  /// Outside of the band.
  public var isUnusual: Bool { count > high || count < low }
}
