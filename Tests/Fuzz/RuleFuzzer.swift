import Detection
import RuleFiles

/// Hands what libFuzzer invents to the loader of rule files, and reads all that it says.
///
/// The first byte of an input chooses whether it is a rule file, or one expression. The seeds are
/// the files that libFuzzer is given, the words those of the language.
struct RuleFuzzer: FuzzTarget {
  func run(_ input: UnsafeBufferPointer<UInt8>) {
    guard let choice = input.first else { return }
    let bytes = Array(input.dropFirst())
    choice % 8 == 7 ? Self.parse(bytes) : Self.load(bytes)
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

  /// Each kind's example, and an expression.
  func writeSeeds(to folder: String) {
    let rules = Detectors.all.map { $0.example }
    for (index, rule) in rules.enumerated() {
      FuzzFile.write(Array("\0rules:\n\(rule)".utf8), to: "\(folder)/\(index)")
    }
    let expression = "\u{7}status >= 500 && !(path.startsWith(\"/a\") || status in [1])"
    FuzzFile.write(Array(expression.utf8), to: "\(folder)/where")
  }

  /// Those of the language, and the signs of YAML.
  var words: Set<[UInt8]> {
    let keys = RuleLanguage.common + Detectors.all.flatMap { RuleLanguage.ownKeys(of: $0) }
    let measures = Measure.Form.allCases.flatMap(\.words)
    let fields = RequestField.table.map(\.word)
    let all = keys.flatMap(\.withInner).map(\.name) + Detectors.all.map { $0.kind } + fields
    let marks = [": ", "- ", "{", "}", "[", "]", "&a", "*a", "<<", "!!", "|", ">", "#", "---", "%"]
    return Set((all + measures + marks).map { Array($0.utf8) })
  }
}

func makeTarget() -> any FuzzTarget { RuleFuzzer() }

extension RuleKey {
  fileprivate var withInner: [RuleKey] { [self] + inner.flatMap(\.withInner) }
}
