import Detection
import Glibc
import RuleFiles

/// Hands what libFuzzer invents to the loader of rule files, and reads all that it says.
///
/// The first byte of an input chooses whether it is a rule file, or one expression. The seeds are
/// the files that libFuzzer is given, the words those of the language.
enum RuleFuzzer {
  /// Loads one input. What it must not do, it does by trapping.
  static func run(_ input: UnsafeBufferPointer<UInt8>) {
    guard let choice = input.first else { return }
    let bytes = Array(input.dropFirst())
    choice % 8 == 7 ? parse(bytes) : load(bytes)
  }

  private static func load(_ bytes: [UInt8]) {
    do throws(Diagnostics) {
      let loaded = try RuleLoader.load([SourceFile(name: "f.yaml", bytes: bytes)])
      precondition(loaded.tests.count <= bytes.count && loaded.ruleSet.contentHash.utf8.count > 0)
    } catch {
      precondition(!error.all.isEmpty, "a file is refused for a reason")
      for fault in error.all {
        precondition(!fault.message.isEmpty && !fault.description.isEmpty)
      }
    }
  }

  private static func parse(_ bytes: [UInt8]) {
    let text = String(decoding: bytes, as: UTF8.self)
    do throws(Expression.Fault) {
      let expression = try Expression(parsing: text)
      precondition(expression.text == text)
    } catch { precondition(error.offset <= text.utf8.count && !error.message.isEmpty) }
  }

  /// Writes an input for each kind's example into `folder`.
  static func writeSeeds(to folder: String) {
    let rules = Detectors.all.map { $0.example }
    for (index, rule) in rules.enumerated() { write("\0rules:\n" + rule, to: "\(folder)/\(index)") }
    write(
      "\u{7}status >= 500 && !(path.startsWith(\"/a\") || status in [1])", to: "\(folder)/where")
  }

  /// Writes the words of the language as a libFuzzer dictionary.
  static func writeDictionary(to path: String) {
    let keys = RuleLanguage.common + Detectors.all.flatMap { RuleLanguage.ownKeys(of: $0) }
    let fields = RequestField.table.map(\.word)
    let all = keys.flatMap(\.withInner).map(\.name) + Detectors.all.map { $0.kind } + fields
    let marks = [": ", "- ", "{", "}", "[", "]", "&a", "*a", "<<", "!!", "|", ">", "#", "---", "%"]
    let plain = Set(all + marks).filter { !$0.contains("\"") }.sorted()
    write(plain.map { "\"\($0)\"\n" }.joined(), to: path)
  }

  private static func write(_ text: String, to path: String) {
    guard let file = fopen(path, "w") else { fatalError("cannot write \(path)") }
    let bytes = Array(text.utf8)
    fwrite(bytes, 1, bytes.count, file)
    fclose(file)
  }
}

extension RuleKey {
  fileprivate var withInner: [RuleKey] { [self] + inner.flatMap(\.withInner) }
}

private func variable(_ name: String) -> String? {
  getenv(name).map { String(cString: $0) }
}

/// With `SEEDS=FOLDER` the examples are written there instead, and with `DICTIONARY=FILE` the
/// words.
@_cdecl("LLVMFuzzerInitialize")
public func initialize(
  _ argumentCount: UnsafeMutablePointer<CInt>, _ arguments: UnsafeMutableRawPointer
) -> CInt {
  guard let folder = variable("SEEDS"), let file = variable("DICTIONARY") else { return 0 }
  RuleFuzzer.writeSeeds(to: folder)
  RuleFuzzer.writeDictionary(to: file)
  exit(0)
}

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  RuleFuzzer.run(UnsafeBufferPointer(start: data, count: count))
  return 0
}
