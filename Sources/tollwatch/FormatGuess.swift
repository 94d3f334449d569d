import AccessLog

/// Which preset reads the first lines of a log best, and why it was preferred to others.
struct FormatGuess {
  /// A preset that reads fewer is no guess.
  private static let shareMin = 0.5
  private static let listedCountMax = 3

  let best: PresetFit
  private let others: [PresetFit]

  /// `nil` where no preset reads at least half of the lines.
  init?(_ heads: [UInt8]) {
    let fits = PresetFit.ranked(for: heads).filter { $0.share > Self.shareMin }
    guard let first = fits.first else { return nil }
    best = first
    others = Array(fits.dropFirst())
  }

  /// `combined reads 100 in 100 of the first lines; so do main, …`.
  var explanation: String {
    var text = "\(best.preset.name) reads \(Self.percent(best.share)) in 100 of the first lines"
    if leavesEnds {
      text +=
        ", but leaves the end of \(Self.percent(best.share - best.exactShare)) unread, where the "
        + "caller may stand: 'tollwatch check' drafts a format that reads them whole"
    }
    let listed = others.prefix(Self.listedCountMax).map { "\($0.preset.name) \(weakness(of: $0))" }
    guard !listed.isEmpty else { return text }
    text += "; of others that fit, " + listed.joined(separator: ", ")
    if others.count > listed.count { text += ", and so on" }
    return text
  }

  /// Most lines go on behind what the preset describes.
  var leavesEnds: Bool { (best.share - best.exactShare) * 2 > best.share }

  /// Why `other` came behind.
  private func weakness(of other: PresetFit) -> String {
    if other.share < best.share { return "reads only \(Self.percent(other.share))" }
    if other.exactShare < best.exactShare {
      return "leaves the end of \(Self.percent(1 - other.exactShare)) in 100 lines unread"
    }
    if other.fieldCount < best.fieldCount { return "finds fewer fields" }
    return "finds the same"
  }

  /// Rounded, but 100 only where it is all, and 0 only where it is nothing.
  static func percent(_ share: Double) -> Int {
    let rounded = Int((share * 100).rounded())
    return share <= 0 ? 0 : share >= 1 ? 100 : min(max(rounded, 1), 99)
  }
}
