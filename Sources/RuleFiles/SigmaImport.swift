import Detection

/// Rules of Sigma as rules of ours: what matches single requests, and correlations of the types
/// `event_count`, `value_count`, `value_sum` and `value_percentile`. What is not taken is told with its reason; nothing is taken by half.
public struct SigmaImport: Sendable {
  /// A rule that was not taken, or a doubt about one that was.
  public struct Remark: Hashable, Sendable, CustomStringConvertible {
    public var file: String
    public var line: Int
    public var title: String
    public var reason: String

    public var description: String { "\(file):\(line): \(title): \(reason)" }
  }

  /// A rule file; empty where nothing was taken.
  public private(set) var yaml = ""
  public private(set) var takenCount = 0
  public private(set) var refused: [Remark] = []

  private struct Base {
    var expression: String
    /// A correlation uses it, so that it is no rule by itself.
    var isUsed = false
  }

  private struct Entry {
    var file: String
    var document: SigmaFile.Document

    var title: String { document.text("title") ?? document.text("name") ?? "a rule" }
  }

  private static let severities: [String: Severity] = [
    "informational": .info, "low": .low, "medium": .medium, "high": .high, "critical": .critical,
  ]

  /// - Throws: Where a file is no YAML at all, or not of the kind that is read.
  public init(_ files: [SourceFile]) throws(Diagnostics) {
    var entries: [Entry] = []
    var faults: [Diagnostic] = []
    for file in files {
      let sigma = SigmaFile(file)
      faults += sigma.faults
      entries += sigma.documents.map { Entry(file: file.name, document: $0) }
    }
    guard faults.isEmpty else { throw Diagnostics(faults) }
    let correlations = entries.filter { $0.document.value("correlation") != nil }
    let used = Set(
      correlations.flatMap { entry in
        entry.document.value("correlation")?.entries?.first { $0.key == "rules" }?.value.values
          .compactMap(\.text) ?? []
      })
    var ids: Set<String> = []
    let bases = entries.filter { $0.document.value("correlation") == nil }
    for entry in bases where used.isDisjoint(with: Self.names(entry)) {
      take(entry, ids: &ids) { () throws(SigmaDetection.Refusal) in
        SigmaRule(window: "1m", above: 0, expression: try Self.expression(entry))
      }
    }
    for entry in correlations {
      take(entry, ids: &ids) { () throws(SigmaDetection.Refusal) in
        try SigmaRule(correlation: entry.document) { (name) throws(SigmaDetection.Refusal) in
          guard let base = bases.first(where: { Self.names($0).contains(name) }) else {
            throw .init(reason: "there is no rule '\(name)' in these files")
          }
          return try Self.expression(base)
        }
      }
    }
    if takenCount > 0 { yaml = "rules:\n" + yaml }
  }

  /// What correlations may call a rule.
  private static func names(_ entry: Entry) -> Set<String> {
    Set(["name", "id", "title"].compactMap(entry.document.text))
  }

  private static func expression(_ entry: Entry) throws(SigmaDetection.Refusal) -> String {
    guard let detection = entry.document.value("detection") else {
      throw .init(reason: "it has neither a detection nor a correlation")
    }
    let source = entry.document.value("logsource")?.entries ?? []
    let category = source.first { $0.key == "category" }?.value.text
    if let category, !["webserver", "proxy", "application"].contains(category) {
      throw .init(reason: "its log source is '\(category)', not a gateway's access log")
    }
    return try SigmaDetection.expression(of: detection)
  }

  private mutating func take(
    _ entry: Entry, ids: inout Set<String>,
    _ rule: () throws(SigmaDetection.Refusal) -> SigmaRule
  ) {
    do throws(SigmaDetection.Refusal) {
      let found = try rule()
      let text = found.text(id: Self.id(entry.title, &ids), title: entry.title, Self.notes(entry))
      try Self.check(text)
      yaml += text
      takenCount += 1
    } catch {
      refused.append(
        Remark(
          file: entry.file, line: entry.document.mark.line, title: entry.title,
          reason: error.reason))
    }
  }

  private static func notes(_ entry: Entry) -> SigmaRule.Notes {
    SigmaRule.Notes(
      severity: severities[entry.document.text("level") ?? ""] ?? .medium,
      why: entry.document.text("description"))
  }

  /// What is written must load.
  private static func check(_ text: String) throws(SigmaDetection.Refusal) {
    do throws(Diagnostics) {
      _ = try RuleLoader.load([SourceFile(name: "it", text: "rules:\n" + text)])
    } catch { throw .init(reason: error.all.first?.message ?? "it does not load") }
  }

  /// The title in letters, digits and hyphens; unlike the others.
  private static func id(_ title: String, _ ids: inout Set<String>) -> String {
    let words = title.lowercased().split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }
    let stem = words.isEmpty ? "sigma" : String(words.joined(separator: "-").prefix(80))
    var id = stem
    var number = 2
    while !ids.insert(id).inserted {
      id = "\(stem)-\(number)"
      number += 1
    }
    return id
  }
}
