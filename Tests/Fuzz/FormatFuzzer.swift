import AccessLog

/// Hands what libFuzzer invents to the readers of one format, and looks at all that they say.
///
/// The first byte of an input chooses among the format's readers, one for each description that
/// its samples have; the others are a block of lines. `run.sh` builds and runs it.
struct FormatFuzzer: FuzzTarget {
  private let parsers: [BlockParser]
  private let samples: [(parserIndex: Int, line: String)]
  private var batch = RecordBatch(hash: SipHash(key0: 0, key1: 0))

  /// More readers than a byte can choose would never be called.
  private static let parserCountMax = 256

  init(formatName: String) {
    guard let format = RecordFormats.format(named: formatName) else {
      fatalError("no format is named '\(formatName)'")
    }
    var descriptions: [FormatDescription] = []
    var samples: [(parserIndex: Int, line: String)] = []
    let ofPresets = Presets.all.filter { $0.formatName == formatName }.flatMap(\.samples)
    for sample in format.samples + ofPresets {
      let index = descriptions.firstIndex(of: sample.description) ?? descriptions.count
      if index == descriptions.count { descriptions.append(sample.description) }
      samples.append((index, sample.line))
    }
    precondition(descriptions.count <= Self.parserCountMax, "a byte chooses among the readers")
    parsers = descriptions.map { description in
      guard let reader = try? format.reader(for: description) else {
        fatalError("a sample of \(formatName) does not compile")
      }
      return BlockParser(
        readers: [reader], identityKinds: description.identityKinds, columns: .all)
    }
    self.samples = samples
  }

  mutating func run(_ input: UnsafeBufferPointer<UInt8>) {
    guard let choice = input.first else { return }
    let parser = parsers[Int(choice) % parsers.count]
    parser.parse(Array(input.dropFirst()), into: &batch)
    precondition(
      batch.count + batch.malformed.count + batch.blankLineCount == batch.lineCount,
      "a line is neither a record, nor refused, nor blank")
    for index in 0..<batch.count { visit(index) }
    guard Self.isMasked(input) else { return }
    if batch.count > 0 { _ = parser.maskedLine(0, of: batch, standIn: "key:0") }
    if let line = batch.malformed.first { _ = Secrets.shape(of: line, in: batch) }
  }

  /// Masking takes several times as long as reading: one input of eight, chosen by its bytes so
  /// that a find repeats, leaves the time to the readers.
  private static func isMasked(_ input: UnsafeBufferPointer<UInt8>) -> Bool {
    input.reduce(0 as UInt8, &+) % 8 == 0
  }

  /// Reads every text of a record: a range out of bounds traps.
  private func visit(_ index: Int) {
    let ranges = [
      batch.line[index], batch.path[index], batch.query[index], batch.address[index],
      batch.identity[index], batch.userAgent[index], batch.referrer[index],
      batch.requestID[index],
    ]
    for range in ranges { batch.withText(range) { precondition($0.count == Int(range.count)) } }
    for symbol in [batch.method[index], batch.host[index], batch.protocol[index]]
    where symbol != .none {
      precondition(batch.texts.bytes(of: symbol).count >= 0)
    }
    precondition(batch.key[index] == .none || batch.keys.bytes(of: batch.key[index]).count >= 0)
    precondition(batch.latencyMicroseconds[index] >= -1 && batch.bytesOut[index] >= -1)
    precondition(batch.upstreamLatencyMicroseconds[index] >= -1 && batch.bytesIn[index] >= -1)
  }

  /// The samples.
  func writeSeeds(to folder: String) {
    for (index, sample) in samples.enumerated() {
      let bytes = [UInt8(sample.parserIndex)] + Array(sample.line.utf8)
      FuzzFile.write(bytes, to: "\(folder)/sample-\(index)")
    }
  }

  /// Those of the samples, and what stands for bytes and for what is absent.
  var words: Set<[UInt8]> {
    let separators = Set(#" "[]{}(),:;=|/\?&"#.utf8)
    var words: Set<[UInt8]> = [Array(#"\x22"#.utf8), Array("#22".utf8), Array("-1".utf8), [0xff]]
    for sample in samples {
      words.formUnion(sample.line.utf8.split(whereSeparator: separators.contains).map(Array.init))
    }
    return words
  }
}

func makeTarget() -> any FuzzTarget {
  FormatFuzzer(formatName: variable("FORMAT") ?? "nginx")
}
