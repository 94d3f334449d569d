import AccessLog
import Glibc

/// Hands what libFuzzer invents to the readers of one format, and looks at all that they say.
///
/// The first byte of an input chooses among the format's readers, one for each description that
/// its samples have; the others are a block of lines. `run.sh` builds and runs it.
struct FormatFuzzer {
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

  /// Parses one input. What it must not do, it does by trapping.
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

  /// Writes each sample as an input of its own into `folder`.
  func writeSeeds(to folder: String) {
    for (index, sample) in samples.enumerated() {
      guard let file = fopen("\(folder)/sample-\(index)", "w") else {
        fatalError("cannot write to \(folder)")
      }
      let bytes = [UInt8(sample.parserIndex)] + Array(sample.line.utf8)
      fwrite(bytes, 1, bytes.count, file)
      fclose(file)
    }
  }

  /// Writes the words of the samples as a libFuzzer dictionary.
  func writeDictionary(to path: String) {
    guard let file = fopen(path, "w") else { fatalError("cannot write \(path)") }
    let separators = Set(#" "[]{}(),:;=|/\?&"#.utf8)
    var words: Set<[UInt8]> = [Array(#"\x22"#.utf8), Array("#22".utf8), Array("-1".utf8), [0xff]]
    for sample in samples {
      words.formUnion(sample.line.utf8.split(whereSeparator: separators.contains).map(Array.init))
    }
    for word in words.sorted(by: { $0.lexicographicallyPrecedes($1) }) where word.count <= 32 {
      fputs("\"" + word.map(Self.escaped).joined() + "\"\n", file)
    }
    fclose(file)
  }

  private static func escaped(_ byte: UInt8) -> String {
    let digits = Array("0123456789abcdef")
    return "\\x\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
  }
}

/// libFuzzer calls the functions below from one thread.
nonisolated(unsafe) private var fuzzer = FormatFuzzer(formatName: variable("FORMAT") ?? "nginx")

private func variable(_ name: String) -> String? {
  getenv(name).map { String(cString: $0) }
}

/// With `SEEDS=FOLDER` the samples are written there instead, and with `DICTIONARY=FILE` their
/// words.
@_cdecl("LLVMFuzzerInitialize")
public func initialize(
  _ argumentCount: UnsafeMutablePointer<CInt>, _ arguments: UnsafeMutableRawPointer
) -> CInt {
  guard let folder = variable("SEEDS"), let file = variable("DICTIONARY") else { return 0 }
  fuzzer.writeSeeds(to: folder)
  fuzzer.writeDictionary(to: file)
  exit(0)
}

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  fuzzer.run(UnsafeBufferPointer(start: data, count: count))
  return 0
}
