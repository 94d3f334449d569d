import AccessLog

/// How long a record of each format takes, from its own samples: lines to columns and symbols,
/// without those columns that only some rules ask for.
struct FormatSpeed {
  private struct Row {
    var name: String
    var isJSON: Bool
    var lineBytes: Int
    var nanoseconds: Double
  }

  /// Enough to find a moment in which nothing else ran.
  private static let passCount = 40
  private static let blockBytes = 256 * 1024
  /// The preset by which the others are measured.
  private static let reference = "combined"

  /// A table with a row for each preset and each description of a format's samples, and how far
  /// the slowest text and the slowest JSON are from the reference.
  static func table(of names: Set<String>) -> String {
    let subjects = (formats + presets).filter {
      names.isEmpty || $0.name == reference || names.contains($0.name)
    }
    let rows = measure(subjects)
    guard let base = rows.first(where: { $0.name == reference })?.nanoseconds else {
      return "no preset is named \(reference)"
    }
    let width = rows.map(\.name.count).max() ?? 0
    var lines = [
      "\(TableText.left("format", width))  bytes  ns a record  to \(reference)  ns a byte"
    ]
    lines += rows.map { row in
      [
        TableText.left(row.name, width), TableText.right(row.lineBytes, 5),
        TableText.right(Int(row.nanoseconds), 11),
        TableText.right(ratio(row.nanoseconds / base), reference.count + 3),
        TableText.right(ratio(row.nanoseconds / Double(row.lineBytes)), 9),
      ].joined(separator: "  ")
    }
    guard names.isEmpty else { return lines.joined(separator: "\n") }
    let text = rows.filter { !$0.isJSON }.map(\.nanoseconds)
    let json = rows.filter(\.isJSON).map(\.nanoseconds)
    if let slowest = text.max(), let fastest = text.min(), let slowestJSON = json.max() {
      lines.append("slowest text to fastest: \(ratio(slowest / fastest))")
      lines.append("slowest text to \(reference): \(ratio(slowest / base))")
      lines.append("slowest JSON to \(reference): \(ratio(slowestJSON / base))")
    }
    return lines.joined(separator: "\n")
  }

  private struct Subject {
    var name: String
    var formatName: String
    var description: FormatDescription
    var lines: [String]
  }

  /// One for each description that a format's samples have.
  private static var formats: [Subject] {
    RecordFormats.all.flatMap { format in
      var subjects: [Subject] = []
      for sample in format.samples {
        if let index = subjects.firstIndex(where: { $0.description == sample.description }) {
          subjects[index].lines.append(sample.line)
        } else {
          subjects.append(
            Subject(
              name: "\(format.name) \(subjects.count + 1)", formatName: format.name,
              description: sample.description, lines: [sample.line]))
        }
      }
      return subjects
    }
  }

  /// Presets bring samples of their own, or are among those of their format.
  private static var presets: [Subject] {
    Presets.all.compactMap { preset in
      let own = preset.samples.map(\.line)
      let ofFormat = RecordFormats.format(named: preset.formatName)?.samples.filter {
        $0.description.template != nil && $0.description.template == preset.description.template
      }
      let lines = own.isEmpty ? (ofFormat ?? []).map(\.line) : own
      guard !lines.isEmpty else { return nil }
      return Subject(
        name: preset.name, formatName: preset.formatName, description: preset.description,
        lines: lines)
    }
  }

  /// All of them in turn, pass by pass, so that each has its share of the machine's quiet moments.
  private static func measure(_ subjects: [Subject]) -> [Row] {
    let trials = subjects.compactMap(Trial.init)
    var best = trials.map { _ in Double.infinity }
    var rows: [Row] = []
    var batch = RecordBatch(hash: SipHash(key0: 1, key1: 2))
    for _ in 0..<passCount {
      for (index, trial) in trials.enumerated() {
        best[index] = min(best[index], trial.nanoseconds(&batch))
      }
    }
    for (index, trial) in trials.enumerated() {
      _ = trial.nanoseconds(&batch)
      guard batch.count > 0 else { continue }
      rows.append(
        Row(
          name: trial.subject.name, isJSON: trial.subject.formatName == "json",
          lineBytes: trial.block.count / batch.lineCount,
          nanoseconds: best[index] / Double(batch.lineCount)))
    }
    return rows
  }

  private struct Trial {
    var subject: Subject
    var parser: BlockParser
    var block: [UInt8]

    init?(_ subject: Subject) {
      guard let format = RecordFormats.format(named: subject.formatName),
        let reader = try? format.reader(for: subject.description)
      else { return nil }
      self.subject = subject
      parser = BlockParser(
        readers: [reader], identityKinds: subject.description.identityKinds)
      let text = Array((subject.lines.joined(separator: "\n") + "\n").utf8)
      block = Array(repeatElement(text, count: max(1, blockBytes / text.count)).joined())
    }

    /// Of the thread's own time: others may run at the same time.
    func nanoseconds(_ batch: inout RecordBatch) -> Double {
      let start = ProcessorTime.thread.nanoseconds
      parser.parse(block, into: &batch)
      return Double(ProcessorTime.thread.nanoseconds - start)
    }
  }

  /// Two decimals.
  private static func ratio(_ value: Double) -> String {
    let hundredths = Int((value * 100).rounded())
    let rest = hundredths % 100
    return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
  }
}
