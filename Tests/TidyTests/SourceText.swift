import Foundation

/// What can be told of a source file by its text alone.
struct SourceText {
  var path: String
  var text: String

  struct Import: Hashable {
    var module: String
    /// Another module sees it through this one's interface.
    var isExposed: Bool
  }

  /// `Alert` of `Sources/Detection/Alert.swift`; what follows a plus sign is the author's note.
  var baseName: String {
    let name = path.split(separator: "/").last ?? ""
    return String(name.prefix { $0 != "." && $0 != "+" })
  }

  var name: String { String(path.split(separator: "/").last ?? "") }

  var lineCount: Int { text.utf8.count { $0 == UInt8(ascii: "\n") } }

  var imports: [Import] {
    let form =
      /(?m)^\s*(?:@\w+ +)*((?:public|package|internal|private|fileprivate) +)?import +(?:(?:struct|class|enum|protocol|func|var|let|typealias) +)?(\w+)/
    return code.matches(of: form).map { match in
      let level = match.1.map { $0.trimmingCharacters(in: .whitespaces) }
      return Import(
        module: String(match.2), isExposed: level == "public" || level == "package")
    }
  }

  /// The types that the file declares or extends at its left edge, in their order.
  var types: [String] {
    let form =
      /(?m)^(?:@\w+(?:\([^)]*\))? +|@\w+\n)*(?:(?:public|package|internal|private|fileprivate|final|indirect|nonisolated) +)*(?:struct|class|enum|actor|protocol|extension|typealias) +(\w+)/
    return code.matches(of: form).map { String($0.1) }
  }

  /// Words of the language or the library that make a result depend on more than the input.
  var impureWords: [String] {
    let form =
      /\b(?:Hasher\(\)|hashValue\b|(?:Date|ContinuousClock|SuspendingClock|Task|async|await|actor|SystemRandomNumberGenerator|shuffled|randomElement|print|debugPrint|getenv)\b)|\.random\b/
    // A simple boundary, because by default `Int.random` is one word.
    return code.matches(of: form.wordBoundaryKind(.simple)).map { String($0.0) }
  }

  /// Dictionaries and sets of this file that it walks through: their order is a new one in
  /// every process. A walk that is sorted at once is no walk.
  var walkedDictionaries: [String] {
    dictionaryNames.filter { name in
      let walk =
        #"\bin\s+(?:self\.)?\#(name)\s*(?:\{|where\b|\n)"#
        + #"|\b\#(name)\.(?:keys|values)\b(?!\.sorted|\.count|\.isEmpty|\.contains)"#
        + #"|\b\#(name)\.(?:map|compactMap|flatMap|forEach|reduce|enumerated|first)\b"#
      return code.range(of: walk, options: .regularExpression) != nil
    }
  }

  private var dictionaryNames: [String] {
    let form =
      /\b(?:var|let)\s+(\w+)\s*(?::\s*|=\s*)(?:\[[^\[\]\n=(]+:[^\n=]+\]|\[:\]|Set<|Dictionary<)/
    return Set(code.matches(of: form.wordBoundaryKind(.simple)).map { String($0.1) }).sorted()
  }

  /// The text without comments, so that prose may name what code must not.
  var code: String {
    text.replacing(/(?m)\/\/.*$/, with: "").replacing(/\/\*(?s:.)*?\*\//, with: "")
  }
}
