public import AccessLog

/// A condition on one request, as rules write it after `where`: a small typed subset of CEL, the
/// Common Expression Language.
///
/// `status >= 500 && method in ["POST", "PUT"] && !path.startsWith("/internal")`
///
/// It knows comparisons, of which `==` is exact, `&& || !`, parentheses, `in [...]`, the methods
/// `startsWith`, `endsWith`, `contains`, `glob` and `matches`, and `cidr(client_ip, "10.0.0.0/8")`. Types
/// are checked when it is parsed. An absent text is `""`; an absent number makes every
/// comparison with it false. Evaluation takes time linear in the request's text and never more
/// than one visit of each comparison.
public struct Expression: Hashable, Sendable {
  /// Bounds on what is parsed, so that no text can exhaust the stack or a request's budget.
  public static let textBytesMax = 4096
  public static let testCountMax = 256
  public static let depthMax = 32
  public static let patternStatesMax = LinearPattern.stateCountMax

  public let text: String

  /// Every field that it reads, each once, in the order of the text.
  public let fields: [RequestField]

  private let condition: ExpressionCondition
  private let program: ExpressionProgram

  /// Why a text is no expression.
  public struct Fault: Error, Hashable, Sendable {
    public var message: String
    /// In UTF-8.
    public var offset: Int
    /// What to write instead.
    public var suggestion: String?

    public init(_ message: String, at offset: Int, suggestion: String? = nil) {
      self.message = message
      self.offset = offset
      self.suggestion = suggestion
    }
  }

  public init(parsing text: String) throws(Fault) {
    self.text = text
    var parser = try ExpressionParser(text)
    condition = try parser.wholeCondition()
    fields = parser.fields
    program = ExpressionProgram(condition)
  }

  /// True where both are; as long as two expressions may be.
  init(_ first: Expression, and second: Expression) {
    text = "(\(first.text)) && (\(second.text))"
    fields = first.fields + second.fields.filter { !first.fields.contains($0) }
    condition = .all([first.condition, second.condition])
    program = ExpressionProgram(condition)
  }

  /// It reads nothing but method, route, status and throttled: one verdict holds for all
  /// requests that have these in common, and can be kept.
  public var isDecidedByClass: Bool { fields.allSatisfy(\.isPartOfClass) }

  /// Columns that must be filled for it.
  public var columns: RecordColumns {
    fields.reduce(into: RecordColumns()) { $0.formUnion($1.columns) }
  }

  /// Whether the record at `index` of `batch` fulfils it.
  package func isTrue(of batch: borrowing RecordBatch, at index: Int) -> Bool {
    program.isTrue(of: batch, at: index)
  }

  /// Two expressions are one if they are written alike.
  public static func == (a: Self, b: Self) -> Bool { a.text == b.text }

  public func hash(into hasher: inout Hasher) { hasher.combine(text) }
}
