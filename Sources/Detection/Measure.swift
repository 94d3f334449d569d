import AccessLog

/// What a rule measures of the requests that it looks at, as a rule file writes it: `errors`,
/// `latency.p95`, `distinct(client_ip)`.
public enum Measure: Hashable, Sendable {
  case requests
  /// Requests that were answered with 500 or more.
  case errors
  /// All their bytes together.
  case bytes(RequestField)
  /// What so many in a hundred of them do not exceed.
  case percentile(RequestField, percent: Double)
  /// The part of them that fulfils a condition, from 0 to 1.
  case share(Expression)
  /// How many different values of a field they have.
  case distinct(DistinctField)

  public enum DistinctField: Hashable, Sendable {
    /// Who calls: the key, or the address of those that have none.
    case key
    case field(RequestField)

    var word: String {
      switch self {
      case .key: "key"
      case .field(let field): field.word
      }
    }
  }

  /// A measure without what it is of.
  public enum Form: String, CaseIterable, Sendable {
    case requests, errors, bytes, percentile, share, distinct

    /// As a page of the language shows it.
    public var words: [String] {
      switch self {
      case .requests, .errors: [rawValue]
      case .bytes: ["bytes_in", "bytes_out"]
      case .percentile: ["latency.p95"]
      case .share: ["share(EXPRESSION)"]
      case .distinct: ["distinct(FIELD)"]
      }
    }
  }

  public var form: Form {
    switch self {
    case .requests: .requests
    case .errors: .errors
    case .bytes: .bytes
    case .percentile: .percentile
    case .share: .share
    case .distinct: .distinct
    }
  }

  /// As a rule file writes it.
  public var text: String {
    switch self {
    case .requests, .errors: form.rawValue
    case .bytes(let field): field.word
    case .percentile(let field, let percent): "\(Self.name(of: field)).p\(Self.short(percent))"
    case .share(let part): "share(\(part.text))"
    case .distinct(let field): "distinct(\(field.word))"
    }
  }

  /// Those of a rule's requests that are measured at all.
  func filter(_ filter: RequestFilter) -> RequestFilter {
    condition.map { filter.narrowed(by: $0) } ?? filter
  }

  /// What a request must fulfil to be measured at all, besides what the rule asks for.
  private var condition: Expression? {
    switch self {
    case .errors: Self.expression("status >= 500")
    // An absent number fulfils no comparison.
    case .percentile(let field, _): Self.expression("\(field.word) >= 0")
    case .requests, .bytes, .share, .distinct: nil
    }
  }

  /// The requests whose part of all is judged where the limit is `limit`. A percentile is above a
  /// limit exactly if more than the rest of a hundred are: so two counts tell, and no sketch errs.
  func part(above limit: Double) -> Expression? {
    switch self {
    case .share(let part): part
    case .percentile(let field, _): Self.expression("\(field.word) > \(Self.short(limit))")
    case .requests, .errors, .bytes, .distinct: nil
    }
  }

  /// What must be filled in records for it.
  var columns: RecordColumns {
    let own: RecordColumns =
      switch self {
      case .bytes(let field), .percentile(let field, _), .distinct(.field(let field)):
        field.columns
      case .share(let part): part.columns
      case .requests, .errors, .distinct(.key): []
      }
    return own.union(condition?.columns ?? [])
  }

  private static func expression(_ text: String) -> Expression {
    guard let expression = try? Expression(parsing: text) else {
      preconditionFailure("\(text) is an expression")
    }
    return expression
  }

  /// With as many as three digits behind the point, and without the point of a whole number.
  static func short(_ number: Double) -> String {
    if let whole = Int64(exactly: number) { return String(whole) }
    let thousandths = Int64((number * 1000).rounded())
    var digits = String(1000 + thousandths % 1000).dropFirst()
    while digits.last == "0" { digits = digits.dropLast() }
    return digits.isEmpty ? "\(thousandths / 1000)" : "\(thousandths / 1000).\(digits)"
  }
}

// MARK: - reading

extension Measure {
  /// Fields of which there are percentiles, by the word before `.p95`.
  private static let percentileFields: [(word: String, field: RequestField)] = [
    ("latency", .latencyMilliseconds), ("bytes_in", .bytesIn), ("bytes_out", .bytesOut),
  ]

  private static func name(of field: RequestField) -> String {
    percentileFields.first { $0.field == field }?.word ?? field.word
  }

  public init(parsing text: String) throws(Expression.Fault) {
    if let inner = Self.inner(of: text, "share") {
      self = .share(try Self.shifted(inner, Expression.init(parsing:)))
    } else if let inner = Self.inner(of: text, "distinct") {
      self = .distinct(try Self.distinctField(inner))
    } else if let point = text.firstIndex(of: ".") {
      self = try Self.percentile(text, point)
    } else {
      switch text {
      case "requests": self = .requests
      case "errors": self = .errors
      case "bytes_in": self = .bytes(.bytesIn)
      case "bytes_out": self = .bytes(.bytesOut)
      default: throw Self.unknown(text)
      }
    }
  }

  private static func unknown(_ text: String) -> Expression.Fault {
    let words = Form.allCases.flatMap(\.words)
    return Expression.Fault(
      "unknown measure '\(text)'; there are \(words.joined(separator: ", "))", at: 0,
      suggestion: NearestWord.nearest(to: text, among: words))
  }

  /// What stands in the parentheses behind `word`, and where it begins.
  private static func inner(of text: String, _ word: String) -> (text: String, offset: Int)? {
    guard text.hasPrefix(word + "("), text.hasSuffix(")") else { return nil }
    return (String(text.dropFirst(word.count + 1).dropLast()), word.utf8.count + 1)
  }

  /// A fault of an inner text at its place in the whole.
  private static func shifted<Value>(
    _ inner: (text: String, offset: Int),
    _ parse: (String) throws(Expression.Fault) -> Value
  ) throws(Expression.Fault) -> Value {
    do {
      return try parse(inner.text)
    } catch {
      throw Expression.Fault(
        error.message, at: inner.offset + error.offset, suggestion: error.suggestion)
    }
  }

  private static func distinctField(
    _ inner: (text: String, offset: Int)
  ) throws(Expression.Fault) -> DistinctField {
    if inner.text == "key" { return .key }
    return .field(try shifted(inner, RequestField.init(parsing:)))
  }

  private static func percentile(
    _ text: String, _ point: String.Index
  ) throws(Expression.Fault) -> Measure {
    let word = String(text[..<point])
    guard let field = percentileFields.first(where: { $0.word == word })?.field else {
      let words = percentileFields.map(\.word)
      throw Expression.Fault(
        "there is no percentile of '\(word)'; there are \(words.joined(separator: ", "))", at: 0,
        suggestion: NearestWord.nearest(to: word, among: words))
    }
    let rest = text[point...].dropFirst()
    guard rest.first == "p", rest.dropFirst().utf8.allSatisfy({ "0123456789.".utf8.contains($0) }),
      let percent = Double(rest.dropFirst()), percent >= 1, percent <= 99.99
    else {
      throw Expression.Fault(
        "a percentile is p1 to p99.99", at: word.utf8.count + 1, suggestion: "\(word).p95")
    }
    return .percentile(field, percent: percent)
  }
}
