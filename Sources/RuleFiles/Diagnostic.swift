/// A fault in a file that a person wrote, with its place and, where one is near, the right word.
public struct Diagnostic: Hashable, Sendable {
  public enum Severity: String, Sendable { case error, warning }

  public var severity: Severity
  /// As it was named to the loader.
  public var file: String
  /// Both count from 1; a fault of the whole file has line 0.
  public var line: Int
  /// In Unicode scalars.
  public var column: Int
  public var message: String
  /// What to write instead.
  public var suggestion: String?
  /// Where the line may hold a secret, as in a registry, what of it can be shown.
  public var sourceLine: String?
  /// Where in ``sourceLine`` the fault shows, if that is not the line as it stands in the file.
  public var shownColumn: Int?

  public init(
    _ severity: Severity = .error, file: String, line: Int = 0, column: Int = 0, message: String,
    suggestion: String? = nil, sourceLine: String? = nil, shownColumn: Int? = nil
  ) {
    self.severity = severity
    self.file = file
    self.line = line
    self.column = column
    self.message = message
    self.suggestion = suggestion
    self.sourceLine = sourceLine
    self.shownColumn = shownColumn
  }

  /// One line, as compilers write it: `rules.yaml:7:14: error: …; did you mean 'x'?`.
  public var headline: String {
    let place = line > 0 ? "\(file):\(line):\(column)" : file
    let end = suggestion.map(Self.ending) ?? ""
    return "\(place): \(severity.rawValue): \(message)\(end)".printable
  }

  /// A word is what may have been meant; more than one is what to do.
  private static func ending(_ suggestion: String) -> String {
    suggestion.contains(" ") ? "; try: \(suggestion)" : "; did you mean '\(suggestion)'?"
  }

  /// Characters of the source line that are shown.
  private static let shownMax = 96
}

extension Diagnostic: CustomStringConvertible {
  /// The headline, then the source line with a caret below the fault.
  public var description: String {
    guard let sourceLine, line > 0 else { return headline }
    let scalars = Array(sourceLine.unicodeScalars)
    let caret = min(max((shownColumn ?? column) - 1, 0), scalars.count)
    let start = max(0, min(caret - Self.shownMax / 2, scalars.count - Self.shownMax))
    let end = min(scalars.count, start + Self.shownMax)
    var shown = String.UnicodeScalarView()
    shown.append(contentsOf: scalars[start..<end])
    let indent = String(repeating: " ", count: caret - start)
    return "\(headline)\n  \(String(shown).printable)\n  \(indent)^"
  }
}

extension Diagnostic: Comparable {
  /// By place, in the order in which a person mends them.
  public static func < (a: Self, b: Self) -> Bool {
    (a.file, a.line, a.column, a.message) < (b.file, b.line, b.column, b.message)
  }
}

/// Everything that is wrong with the files that were loaded, sorted by place.
public struct Diagnostics: Error, Hashable, Sendable, CustomStringConvertible {
  public let all: [Diagnostic]

  public init(_ all: [Diagnostic]) { self.all = all.sorted() }

  public var description: String { all.map(\.description).joined(separator: "\n") }
}

extension String {
  /// Without control characters, which a terminal would obey.
  var printable: String {
    var view = String.UnicodeScalarView()
    for scalar in unicodeScalars {
      view.append(scalar.properties.generalCategory == .control ? " " : scalar)
    }
    return String(view)
  }
}
