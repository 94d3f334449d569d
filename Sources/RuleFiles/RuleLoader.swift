import AccessLog
public import Detection

/// Rule files, compiled: what the engine reads, and the tests that it does not.
public struct LoadedRules: Sendable {
  public var ruleSet: RuleSet
  /// In the order of the files.
  public var tests: [RuleTest]
  /// Rules that were loaded all the same.
  public var warnings: [Diagnostic]
  /// Where each rule stands, by id.
  var places: [String: RulePlace] = [:]
}

/// Where the id of a rule stands.
struct RulePlace: Hashable, Sendable {
  var file: String
  var mark: YAMLNode.Mark
}

/// Reads rule files: `rules:` and a list.
///
/// All faults of all files are reported at once.
public enum RuleLoader {
  public static let extensions = ["yaml", "yml"]

  /// Rules that all files together may have.
  public static let ruleCountMax = 10_000

  /// Loads `files` besides `shipped`, the rules built into the binary: a file with the name of
  /// a shipped one replaces it.
  public static func load(
    _ files: [SourceFile], shipped: [SourceFile] = []
  ) throws(Diagnostics) -> LoadedRules {
    var loader = RuleSetBuilder()
    for file in used(files, shipped: shipped) { loader.load(file) }
    return try loader.finish()
  }

  /// The files that rules come from: shipped ones that none of `files` replaces, and `files`.
  private static func used(_ files: [SourceFile], shipped: [SourceFile]) -> [SourceFile] {
    let names = Set(files.map(\.baseName))
    return shipped.filter { !names.contains($0.baseName) } + files
  }

  /// Loads files and folders of them by path.
  public static func load(
    paths: [String], shipped: [SourceFile] = []
  ) throws(Diagnostics) -> LoadedRules {
    let (files, faults) = files(at: paths)
    do throws(Diagnostics) {
      let loaded = try load(files, shipped: shipped)
      guard faults.isEmpty else { throw Diagnostics(loaded.warnings) }
      return loaded
    } catch { throw Diagnostics(faults + error.all) }
  }

  /// The rule `id` of files that were loaded without a fault, to be read with other values.
  public static func variants(
    of id: String, paths: [String], shipped: [SourceFile] = []
  ) -> RuleVariants? {
    RuleVariants(of: id, in: used(files(at: paths).files, shipped: shipped))
  }

  /// The files at `paths`, unread.
  public static func sources(at paths: [String]) throws(Diagnostics) -> [SourceFile] {
    let (files, faults) = files(at: paths)
    guard faults.isEmpty else { throw Diagnostics(faults) }
    return files
  }

  private static func files(at paths: [String]) -> (files: [SourceFile], faults: [Diagnostic]) {
    var files: [SourceFile] = []
    var faults: [Diagnostic] = []
    for path in paths {
      do throws(Diagnostics) {
        for path in try SourceFile.paths(under: path, extensions: extensions)
        where !files.contains(where: { $0.name == path }) {
          do throws(Diagnostics) {
            files.append(try SourceFile(path: path, byteCountMax: YAMLDocument.byteCountMax))
          } catch { faults += error.all }
        }
      } catch { faults += error.all }
    }
    return (files, faults)
  }
}

/// Gathers the rules of all files.
private struct RuleSetBuilder {
  private var rules: [Rule] = []
  private var tests: [RuleTest] = []
  private var diagnostics: [Diagnostic] = []
  /// Where each rule was first seen.
  private var places: [String: RulePlace] = [:]
  /// Rules that others name, to be looked for once all are there.
  private var named: [(file: String, id: PlacedText)] = []

  mutating func load(_ file: SourceFile) {
    let (text, sink) = YAMLDocument.text(
      of: file, byteCountMax: YAMLDocument.byteCountMax, hidesSource: false)
    defer { diagnostics += sink.finish() }
    guard let text else { return }
    guard let root = YAMLDocument.parse(file, text: text, into: sink) else {
      if !sink.hasErrors {
        sink.report("has no rules", at: nil, severity: .warning)
      }
      return
    }
    if case .list = root.content {
      return sink.report(
        "a rule file begins with 'rules:', and the list stands below", at: root.mark)
    }
    if let kin = Self.kin(of: root) { return sink.report(kin, at: root.mark) }
    guard var reader = FieldReader(root, as: "a rule file", sink: sink) else { return }
    defer { reader.finish() }
    guard let list = reader.requiredNode("rules") else { return }
    guard case .list(let nodes) = list.content else {
      return sink.report("'rules' must be a list, not \(list.kind)", at: list.mark)
    }
    for node in nodes { load(rule: node, sink) }
  }

  /// What to tell the author of a rule of another tool.
  private static func kin(of root: YAMLNode) -> String? {
    guard case .mapping(let entries) = root.content else { return nil }
    let keys = Set(entries.map(\.key))
    let start =
      "one to start from: tollwatch rules show key-traffic-spike | "
      + "sed s/key-traffic-spike/my-rule/ > my-rule.yaml"
    if keys.isSuperset(of: ["logsource", "detection"]) {
      return
        "this is a Sigma rule, which matches events one by one; a rule here counts requests of "
        + "a caller: its selection becomes 'match' and 'where', its timeframe 'window'; " + start
    }
    guard keys.contains("filter"), !keys.isDisjoint(with: ["leakspeed", "capacity", "type"]) else {
      return nil
    }
    return "this is a CrowdSec scenario; here its filter becomes 'match' and 'where', its groupby "
      + "'per', capacity and leakspeed 'at_least' and 'window'; " + start
  }

  private mutating func load(rule node: YAMLNode, _ sink: DiagnosticSink) {
    guard var reader = RuleReader(node, sink: sink) else { return }
    let rule = reader.rule()
    if let id = reader.id {
      if let place = places[id.text] {
        sink.report(
          "the id '\(id.text)' is taken by the rule at \(place.file):\(place.mark.line)",
          at: id.mark)
      }
      places[id.text] = RulePlace(file: sink.file, mark: id.mark)
    }
    named += reader.inhibited.map { (sink.file, $0) }
    guard let rule else { return }
    guard rules.count < RuleLoader.ruleCountMax else {
      return sink.report("more than \(RuleLoader.ruleCountMax) rules", at: node.mark)
    }
    rules.append(rule)
    tests += reader.tests
  }

  /// A rule that is not there cannot be kept quiet, which harms nobody.
  private var unknownNames: [Diagnostic] {
    let known = rules.map(\.id)
    return named.filter { !known.contains($0.id.text) }.map { name in
      Diagnostic(
        .warning, file: name.file, line: name.id.mark.line, column: name.id.mark.column,
        message: "there is no rule '\(name.id.text)' to inhibit",
        suggestion: NearestWord.nearest(to: name.id.text, among: known))
    }
  }

  func finish() throws(Diagnostics) -> LoadedRules {
    let diagnostics = diagnostics + unknownNames
    guard !diagnostics.contains(where: { $0.severity == .error }) else {
      throw Diagnostics(diagnostics)
    }
    var hash = ContentHash()
    for rule in rules.sorted(by: { $0.id < $1.id }) {
      hash.add(rule.id)
      hash.add(rule.contentHash)
    }
    return LoadedRules(
      ruleSet: RuleSet(rules, contentHash: hash.hexadecimal), tests: tests,
      warnings: diagnostics.sorted(), places: places)
  }
}
