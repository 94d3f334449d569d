public import AccessLog
public import Detection
import GRDB

/// Which alerts to read, and in what order. A list that is empty asks for nothing; of a list that
/// is not, one must fit. Texts are compared as they are, but `*` stands for any characters.
public struct AlertQuery: Hashable, Sendable {
  public enum Order: Sendable {
    /// By (`revised_at`, id): as a replay prints them.
    case revised
    /// By the start of the episode, the latest first.
    case latestFirst
  }

  /// Alerts that were still open then, or began later.
  public var from: EventTime?
  /// Alerts that had begun before.
  public var to: EventTime?
  public var ids: [String] = []
  public var rules: [String] = []
  public var kinds: [String] = []
  public var entities: [String] = []
  public var entityTypes: [EntityType] = []
  public var suppliers: [String] = []
  public var severityMin: Severity?
  public var states: [Alert.State] = []
  public var countMax: Int?
  public var order = Order.revised
  /// Whether the lines of evidence are wanted too.
  public var includesEvidence = true

  public init() {}
}

extension AlertQuery {
  /// The part of a statement that comes after `FROM alerts`.
  struct Clauses {
    var sql = ""
    var arguments = StatementArguments()
  }

  var clauses: Clauses {
    var conditions = Conditions()
    if let to { conditions.add("started_at < ?", to.stored) }
    if let from { conditions.add("ifnull(ended_at > ?, TRUE)", from.stored) }
    conditions.add("id", among: ids)
    conditions.add("rule_id", among: rules)
    conditions.add("kind", among: kinds)
    conditions.add("entity", among: entities)
    conditions.add("entity_type", among: entityTypes.map(\.rawValue))
    conditions.add("supplier", among: suppliers)
    conditions.add("state", among: states.map(\.rawValue))
    if let severityMin {
      conditions.add(
        "severity", among: Severity.allCases.filter { $0 >= severityMin }.map(\.rawValue))
    }
    return Clauses(sql: conditions.sql, arguments: StatementArguments(conditions.values))
  }

  var orderClause: String {
    let order =
      switch self.order {
      case .revised: "revised_at, id"
      case .latestFirst: "started_at DESC, id"
      }
    return " ORDER BY \(order)" + (countMax.map { " LIMIT \(max($0, 0))" } ?? "")
  }
}

/// Conditions that must all hold.
struct Conditions {
  private var parts: [String] = []
  private(set) var values: [DatabaseValue] = []

  /// With its ` WHERE`; empty where there is no condition.
  var sql: String { Self.sql(of: parts) }

  /// These and `other`, whose values come after these.
  func joined(with other: Conditions) -> String { Self.sql(of: parts + other.parts) }

  private static func sql(of parts: [String]) -> String {
    parts.isEmpty ? "" : " WHERE " + parts.joined(separator: " AND ")
  }

  mutating func add(_ part: String, _ value: DatabaseValue) {
    parts.append(part)
    values.append(value)
  }

  /// The column must be one of `texts`, if there are any.
  mutating func add(_ column: String, among texts: [String]) {
    guard !texts.isEmpty else { return }
    let each = texts.map { text in
      values.append(text.contains("*") ? Self.glob(text).stored : text.stored)
      return text.contains("*") ? "\(column) GLOB ?" : "\(column) = ?"
    }
    parts.append("(\(each.joined(separator: " OR ")))")
  }

  /// The route must be one of `texts`: a registry's route has stars of its own, so a text that is
  /// a route stands for itself, and else for all that it fits.
  mutating func add(routesAmong texts: [String]) {
    guard !texts.isEmpty else { return }
    let each = texts.map { text in
      values += [text.stored, Self.glob(text).stored, text.stored]
      return "(route = ? OR route GLOB ? "
        + "AND NOT EXISTS (SELECT 1 FROM usage_series AS own WHERE own.route = ?))"
    }
    parts.append("(\(each.joined(separator: " OR ")))")
  }

  /// The column must be one of `texts`, in which no character stands for others.
  mutating func add(_ column: String, isOneOf texts: [String]) {
    let places = texts.map { _ in "?" }.joined(separator: ", ")
    parts.append("\(column) IN (\(places))")
    values += texts.map(\.stored)
  }

  /// Of SQLite's wildcards the star alone is meant.
  private static func glob(_ text: String) -> String {
    var glob = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      let isWildcard = scalar == "[" || scalar == "?"
      glob.append(contentsOf: isWildcard ? ["[", scalar, "]"] : [scalar])
    }
    return String(glob)
  }
}
