public import AccessLog

/// The preset that gets farthest into lines that none reads: where it stops shows what is
/// different.
public enum ClosestFormat {
  /// - Parameter lines: whole lines from the beginning of a log.
  public static func preset(for lines: [UInt8], among presets: [Preset] = Presets.all) -> Preset? {
    var best: (preset: Preset, progress: Double)?
    for preset in presets {
      guard let reader = try? preset.reader() else { continue }
      let progress = progress(of: reader, into: lines)
      if progress > best?.progress ?? -1 { best = (preset, progress) }
    }
    return best?.preset
  }

  /// How far lines are read before they stop to fit, on average: 0 to 1.
  private static func progress(of reader: any LineReader, into lines: [UInt8]) -> Double {
    var batch = RecordBatch(hash: SipHash(key0: 0, key1: 0))
    BlockParser(readers: [reader]).parse(lines, into: &batch)
    let read = batch.malformed.reduce(Double(batch.count)) { sum, malformed in
      let length = batch.withText(malformed.line) { $0.count }
      let offset = min(max(malformed.fault.offset, 0), length)
      return sum + Double(offset) / Double(max(1, length))
    }
    return read / Double(max(1, batch.count + batch.malformed.count))
  }
}
