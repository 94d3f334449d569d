/// How well a preset fits the first lines of a log, where nobody said what it is.
public struct PresetFit: Sendable {
  public let preset: Preset
  /// Lines that it reads, of all that are not blank: 0 to 1.
  public let share: Double
  /// Those that it reads to their end.
  public let exactShare: Double
  /// How many of the usual fields it finds in a line that it reads.
  public let fieldCount: Double

  /// Lines that are looked at.
  public static let lineCountMax = 200

  /// The preset that reads most of `bytes`, which should begin at a line; of those, the one
  /// that leaves nothing of the lines over; of those, the one that finds most in them; of those,
  /// the first. `nil` where none reads any.
  public static func best(for bytes: [UInt8], among presets: [Preset] = Presets.all) -> PresetFit? {
    ranked(for: bytes, among: presets).first
  }

  /// All presets that read any of `bytes`, the best first.
  public static func ranked(
    for bytes: [UInt8], among presets: [Preset] = Presets.all
  ) -> [PresetFit] {
    let head = firstLines(of: bytes)
    let fits = (described(bytes) + presets).compactMap { fit($0, head) }.filter { $0.share > 0 }
    return fits.enumerated().sorted { a, b in
      a.element.rank != b.element.rank
        ? a.element.rank > b.element.rank : a.offset < b.offset
    }.map(\.element)
  }

  /// A log that says itself what its columns are.
  private static func described(_ head: [UInt8]) -> [Preset] {
    guard let template = W3CLogFormat.template(inHead: head) else { return [] }
    return [
      Preset(
        name: W3CLogFormat.name, summary: "the columns that the log names",
        formatName: W3CLogFormat.name, description: FormatDescription(template: template),
        documentation: "https://www.w3.org/TR/WD-logfile.html")
    ]
  }

  private static func fit(_ preset: Preset, _ lines: [UInt8]) -> PresetFit? {
    // Of which year the lines are does not matter here.
    guard let reader = try? preset.reader(referenceDay: 0) else { return nil }
    var batch = RecordBatch(hash: SipHash(key0: 0, key1: 0))
    BlockParser(readers: [reader], columns: .all).parse(lines, into: &batch)
    let strayCount = strayCount(of: batch, reader)
    let lineCount = Double(max(1, batch.lineCount - batch.blankLineCount))
    // A JSON line has room for a map that finds its time and nothing else.
    let requestCount = batch.flags.count { !$0.contains(.notHTTP) }
    let isRequestLog = requestCount * 4 >= batch.count
    return PresetFit(
      preset: preset, share: isRequestLog ? Double(batch.count - strayCount) / lineCount : 0,
      exactShare: Double(max(0, batch.count - strayCount - batch.trailingTextCount)) / lineCount,
      fieldCount: Double(fieldCount(of: batch)) / Double(max(1, batch.count)))
  }

  /// Lines that are read, but have something else where an address belongs: what the format
  /// takes for the address may be a key.
  private static func strayCount(of batch: RecordBatch, _ reader: any LineReader) -> Int {
    batch.line.count { range in
      batch.withText(range) { line in
        reader.hiddenPlaces(in: line).contains {
          $0.reason == .noAddress && !AddressText.isListOfHosts(line.extracting($0.range))
        }
      }
    }
  }

  private var rank: (Double, Double, Double) { (share, exactShare, fieldCount) }

  private static func fieldCount(of batch: RecordBatch) -> Int {
    let texts = [batch.path, batch.address, batch.userAgent, batch.requestID, batch.identity]
    let numbers = [batch.bytesOut, batch.latencyMicroseconds, batch.upstreamLatencyMicroseconds]
    return texts.reduce(0) { $0 + $1.count { !$0.isAbsent } }
      + numbers.reduce(0) { $0 + $1.count { $0 >= 0 } }
      + [batch.method, batch.host].reduce(0) { $0 + $1.count { $0 != .none } }
      + batch.status.count { $0 != .max }
  }

  /// Whole lines, unless there is only one without an end.
  private static func firstLines(of bytes: [UInt8]) -> [UInt8] {
    var end = 0
    var count = 0
    while count < lineCountMax, end < LineBlocks.blockBytesMax,
      let newline = bytes.span.firstIndex(of: ASCII.newline, from: end)
    {
      end = newline + 1
      count += 1
    }
    return count == 0 ? Array(bytes.prefix(LineBlocks.lineBytesMax)) : Array(bytes[..<end])
  }
}
