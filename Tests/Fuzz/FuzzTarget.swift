import Glibc

/// Something that is handed what libFuzzer invents. `makeTarget()`, in the file of each, makes the
/// one that is built.
protocol FuzzTarget {
  /// Takes one input. What must not be done with it, is done by trapping.
  mutating func run(_ input: UnsafeBufferPointer<UInt8>)
  /// Writes inputs to begin with into `folder`, each into a file of its own.
  func writeSeeds(to folder: String)
  /// Words that inputs are made of.
  var words: Set<[UInt8]> { get }
}

enum FuzzFile {
  static func write(_ bytes: [UInt8], to path: String) {
    guard let file = fopen(path, "w") else { fatalError("cannot write \(path)") }
    fwrite(bytes, 1, bytes.count, file)
    fclose(file)
  }

  /// A libFuzzer dictionary.
  static func write(dictionary words: Set<[UInt8]>, to path: String) {
    let short = words.filter { $0.count <= 32 }.sorted { $0.lexicographicallyPrecedes($1) }
    let lines = short.map { "\"" + $0.map(escaped).joined() + "\"\n" }
    write(Array(lines.joined().utf8), to: path)
  }

  private static func escaped(_ byte: UInt8) -> String {
    let digits = Array("0123456789abcdef")
    return "\\x\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
  }
}

func variable(_ name: String) -> String? {
  getenv(name).map { String(cString: $0) }
}

/// libFuzzer calls the functions below from one thread.
nonisolated(unsafe) private var target: any FuzzTarget = makeTarget()

/// With `SEEDS=FOLDER` the seeds are written there instead, and with `DICTIONARY=FILE` the words.
@_cdecl("LLVMFuzzerInitialize")
public func initialize(
  _ argumentCount: UnsafeMutablePointer<CInt>, _ arguments: UnsafeMutableRawPointer
) -> CInt {
  guard let folder = variable("SEEDS"), let file = variable("DICTIONARY") else { return 0 }
  target.writeSeeds(to: folder)
  FuzzFile.write(dictionary: target.words, to: file)
  exit(0)
}

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  target.run(UnsafeBufferPointer(start: data, count: count))
  return 0
}
