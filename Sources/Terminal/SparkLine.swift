/// Counts as a row of blocks, in eight heights.
///
/// The band of what is usual is drawn below it, on a line of its own, so that it needs no
/// colour: with colour, bars beyond the band are red as well.
public struct SparkLine: Hashable, Sendable {
  public struct Bar: Hashable, Sendable {
    public var value: Double
    public var isUnusual: Bool

    public init(_ value: Double, isUnusual: Bool = false) {
      self.value = value
      self.isUnusual = isUnusual
    }
  }

  private static let blocks = Array("▁▂▃▄▅▆▇█")

  public var bars: [Bar]

  public init(_ bars: [Bar]) { self.bars = bars }

  public init(_ values: [Double]) { bars = values.map { Bar($0) } }

  /// One character a bar; the highest bar is full, and nothing at all is a dot.
  ///
  /// - Parameter ceiling: What the full height stands for, where several lines share it.
  public func text(isColored: Bool = false, ceiling: Double? = nil) -> String {
    let top = ceiling ?? bars.map(\.value).max() ?? 0
    var text = ""
    var run = ""
    var isRunUnusual = false
    for bar in bars {
      if bar.isUnusual != isRunUnusual {
        text += styled(run, isRunUnusual, isColored)
        run = ""
        isRunUnusual = bar.isUnusual
      }
      run.append(Self.block(bar.value, of: top))
    }
    return text + styled(run, isRunUnusual, isColored)
  }

  private func styled(_ run: String, _ isUnusual: Bool, _ isColored: Bool) -> String {
    isColored && isUnusual && !run.isEmpty ? TextStyle.red.applied(to: run) : run
  }

  private static func block(_ value: Double, of top: Double) -> Character {
    guard value.isFinite, value > 0, top > 0 else { return "·" }
    let level = Int((value / top * Double(blocks.count)).rounded(.up))
    return blocks[min(blocks.count, max(1, level)) - 1]
  }
}
