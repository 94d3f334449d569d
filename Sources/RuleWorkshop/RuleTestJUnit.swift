public import Detection
import RuleFiles

/// Outcomes of tests in the XML that build servers read: a suite a file, a case a test, and a
/// skipped case for each rule that has none.
public struct RuleTestJUnit: Sendable {
  private var suites: [(file: String, cases: [Case])] = []

  private struct Case {
    var rule: String
    var name: String
    var line: Int?
    /// Empty where it passed.
    var failures: [String] = []
    var isSkipped = false
  }

  public init() {}

  public mutating func add(_ outcome: RuleTestOutcome) {
    let test = outcome.test
    add(
      Case(rule: test.ruleID, name: test.name, line: test.line, failures: outcome.failures),
      to: test.file)
  }

  public mutating func add(untested rules: [Rule]) {
    for rule in rules {
      add(Case(rule: rule.id, name: "no test", isSkipped: true), to: "rules without tests")
    }
  }

  private mutating func add(_ entry: Case, to file: String) {
    guard let place = suites.firstIndex(where: { $0.file == file }) else {
      return suites.append((file, [entry]))
    }
    suites[place].cases.append(entry)
  }

  // MARK: - XML

  public var text: String {
    let all = suites.flatMap(\.cases)
    return """
      <?xml version="1.0" encoding="UTF-8"?>
      <testsuites name="tollwatch rules test" \(Self.counts(all))>
      \(suites.map(Self.suite).joined(separator: "\n"))
      </testsuites>

      """
  }

  private static func counts(_ cases: [Case]) -> String {
    let failed = cases.count { !$0.failures.isEmpty }
    return "tests=\"\(cases.count)\" failures=\"\(failed)\" errors=\"0\" "
      + "skipped=\"\(cases.count { $0.isSkipped })\""
  }

  private static func suite(_ suite: (file: String, cases: [Case])) -> String {
    let cases = suite.cases.map { text(of: $0, in: suite.file) }
    return """
        <testsuite name="\(escaped(suite.file))" \(counts(suite.cases))>
      \(cases.joined(separator: "\n"))
        </testsuite>
      """
  }

  private static func text(of test: Case, in file: String) -> String {
    let place = test.line.map { " file=\"\(escaped(file))\" line=\"\($0)\"" } ?? ""
    let start =
      "    <testcase classname=\"\(escaped(test.rule))\" name=\"\(escaped(test.name))\"\(place)"
    if test.isSkipped { return "\(start)><skipped/></testcase>" }
    guard let first = test.failures.first else { return "\(start)/>" }
    let rest = escaped(test.failures.joined(separator: "\n"))
    return
      "\(start)>\n      <failure message=\"\(escaped(first))\">\(rest)</failure>\n    </testcase>"
  }

  /// Log text may hold anything; of controls XML has only three.
  private static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "\n", "\t": result.unicodeScalars.append(scalar)
      default: result.unicodeScalars.append(isLegal(scalar) ? scalar : "\u{fffd}")
      }
    }
    return result
  }

  private static func isLegal(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value >= 0x20 && !(0x7f...0x9f).contains(scalar.value)
      && scalar.value != 0xfffe && scalar.value != 0xffff
  }
}
