import AlertStore
import ArgumentParser
import Detection

/// Which alerts of a database are meant.
struct AlertFilter: ParsableArguments {
  @Option(help: "The id of a rule; * stands for any characters; may be repeated.")
  var rule: [String] = []

  @Option(
    help: "A kind of rule: spike, drop, precursor, tier; may be repeated.",
    transform: { try Self.word($0, "kind of rule", among: Detectors.all.map { $0.kind }) })
  var kind: [String] = []

  @Option(help: "A key, supplier, address, … by its name; * stands for any characters.")
  var entity: [String] = []

  @Option(
    help: "What the alert is about: key, supplier, client_ip, …; may be repeated.",
    transform: { try Self.word($0, "entity type") })
  var entityType: [EntityType] = []

  @Option(help: "Alerts of this supplier and its keys; * stands for any characters.")
  var supplier: [String] = []

  @Option(
    help: "Alerts of this severity or a higher one: info, low, medium, high, critical.",
    transform: { try Self.word($0, "severity") })
  var severity: Severity?

  @Option(
    help: "open, resolved or shadow; may be repeated.", transform: { try Self.word($0, "state") })
  var state: [Alert.State] = []

  func query(from database: DatabaseOptions, in reader: AlertReader) throws -> AlertQuery {
    var query = AlertQuery()
    (query.from, query.to) = try database.span.resolved(end: reader.latestTime())
    query.rules = rule
    query.kinds = kind
    query.entities = entity
    query.entityTypes = entityType
    query.suppliers = supplier
    query.severityMin = severity
    query.states = state
    return query
  }

  /// Whether anything was left out on purpose.
  func isEmpty(_ database: DatabaseOptions) -> Bool {
    rule.isEmpty && kind.isEmpty && entity.isEmpty && entityType.isEmpty && supplier.isEmpty
      && severity == nil && state.isEmpty && database.span.isWhole
  }

  /// One of the words of `Word`; what else is written is answered with all of them.
  static func word<Word: CaseIterable & RawRepresentable<String>>(
    _ text: String, _ what: String
  ) throws -> Word {
    if let word = Word(rawValue: text) { return word }
    _ = try Self.word(text, what, among: Word.allCases.map(\.rawValue))
    preconditionFailure("every case has its word")
  }

  static func word(_ text: String, _ what: String, among known: [String]) throws -> String {
    if known.contains(text) { return text }
    let nearest = NearestWord.nearest(to: text, among: known).map { "; did you mean '\($0)'?" }
    throw ValidationError(
      "'\(text)' is no \(what)\(nearest ?? ""); there are: \(known.joined(separator: ", ")).")
  }
}

/// A number of rows; 0 stands for all.
enum CountArgument {
  @Sendable static func parse(_ text: String) throws -> Int {
    guard let count = Int(text), count >= 0 else {
      throw ValidationError("'\(text)' is no number of rows; 0 stands for all.")
    }
    return count
  }
}
