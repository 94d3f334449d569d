/// Recursive descent over the words of an expression; checks types as it goes.
struct ExpressionParser {
  private(set) var fields: [RequestField] = []

  private var tokens: ExpressionTokens
  private var token: ExpressionToken
  private var testCount = 0

  typealias Fault = Expression.Fault

  init(_ text: String) throws(Fault) {
    guard text.utf8.count <= Expression.textBytesMax else {
      throw Fault("longer than \(Expression.textBytesMax) bytes", at: Expression.textBytesMax)
    }
    tokens = ExpressionTokens(text)
    token = try tokens.next()
  }

  mutating func wholeCondition() throws(Fault) -> ExpressionCondition {
    let condition = try anyOf(depth: 0)
    guard token.kind == .end else {
      throw Fault("expected '&&', '||' or the end, not \(token.name)", at: token.offset)
    }
    return condition
  }

  mutating func wholeField() throws(Fault) -> RequestField {
    let start = token.offset
    let field = try self.field()
    guard token.kind == .end else {
      throw Fault("one field and nothing else is expected here", at: start)
    }
    return field
  }

  // MARK: - Conditions

  private mutating func anyOf(depth: Int) throws(Fault) -> ExpressionCondition {
    var parts = [try allOf(depth: depth)]
    while try skip("||", not: "or") { parts.append(try allOf(depth: depth)) }
    return parts.count == 1 ? parts[0] : .any(parts)
  }

  private mutating func allOf(depth: Int) throws(Fault) -> ExpressionCondition {
    var parts = [try single(depth: depth)]
    while try skip("&&", not: "and") {
      parts.append(try single(depth: depth))
    }
    return parts.count == 1 ? parts[0] : .all(parts)
  }

  private mutating func single(depth: Int) throws(Fault) -> ExpressionCondition {
    guard depth < Expression.depthMax else {
      throw Fault("nested deeper than \(Expression.depthMax) levels", at: token.offset)
    }
    if try skip("!", not: "not") {
      return .not(try negated(depth: depth + 1))
    }
    if try skip("(") {
      let inner = try anyOf(depth: depth + 1)
      try expect(")")
      try refuseComparison(of: "a condition in parentheses")
      return inner
    }
    return try comparison()
  }

  /// `!` binds to what follows it and to no comparison.
  private mutating func negated(depth: Int) throws(Fault) -> ExpressionCondition {
    if token.kind == .symbol("!") || token.kind == .symbol("(") {
      return try single(depth: depth)
    }
    return try comparison(isNegated: true)
  }

  private mutating func refuseComparison(of what: String) throws(Fault) {
    if comparisonOperation != nil || token.kind == .word("in") {
      throw Fault("\(what) cannot be compared", at: token.offset)
    }
  }

  // MARK: - Comparisons

  private mutating func comparison(isNegated: Bool = false) throws(Fault) -> ExpressionCondition {
    if token.kind == .word("cidr") { return try cidr() }
    let start = token.offset
    let left = try operand()
    if try skip(".") { return try method(of: left, at: start) }
    if token.kind == .word("in") { return try list(for: left, at: start, isNegated) }
    guard let operation = comparisonOperation else { return try truth(of: left, at: start) }
    if isNegated {
      throw Fault("'!' before a comparison needs parentheses", at: start, suggestion: "!(…)")
    }
    try advance()
    let rightStart = token.offset
    let right = try operand()
    return try test(left, operation, right, at: start, rightStart)
  }

  private var comparisonOperation: ExpressionTest.Operation? {
    switch token.kind {
    case .symbol("=="): .equal
    case .symbol("!="): .notEqual
    case .symbol("<"): .less
    case .symbol("<="): .lessOrEqual
    case .symbol(">"): .greater
    case .symbol(">="): .greaterOrEqual
    default: nil
    }
  }

  /// A field that is true or false stands for itself; all else must be compared.
  private mutating func truth(
    of operand: ExpressionTest.Operand, at start: Int
  ) throws(Fault) -> ExpressionCondition {
    if case .field(let field) = operand {
      guard field.type == .truth else {
        throw Fault("'\(field.word)' must be compared with something", at: token.offset)
      }
      return try counted(
        ExpressionTest(operation: .equal, left: field, right: .truth(true)), at: start)
    }
    throw Fault("a field must be compared with this", at: start)
  }

  /// A field on at least one side, and the same type on both.
  private mutating func test(
    _ left: ExpressionTest.Operand, _ operation: ExpressionTest.Operation,
    _ right: ExpressionTest.Operand, at start: Int, _ rightStart: Int
  ) throws(Fault) -> ExpressionCondition {
    guard case .field(let field) = left else {
      guard case .field = right else {
        throw Fault("two constants are compared, and no field", at: start)
      }
      return try test(right, operation.mirrored, left, at: rightStart, start)
    }
    try check(right, fits: field, at: rightStart)
    if field.type == .truth, !operation.isEquality {
      throw Fault("'\(field.word)' is true or false; it has no order", at: start)
    }
    return try counted(ExpressionTest(operation: operation, left: field, right: right), at: start)
  }

  private func check(
    _ operand: ExpressionTest.Operand, fits field: RequestField, at offset: Int
  ) throws(Fault) {
    let types: [RequestField.ValueType: String] = [
      .text: "a text", .number: "a number", .truth: "true or false",
    ]
    let type = operand.type
    guard type == field.type else {
      let expected = types[field.type] ?? ""
      throw Fault(
        "'\(field.word)' is \(expected), and this is \(types[type] ?? "")", at: offset,
        suggestion: operand.converted(to: field.type))
    }
    if field == .method, case .text(let bytes) = operand {
      let text = String(decoding: bytes, as: UTF8.self)
      guard text == text.uppercased() else {
        throw Fault(
          "methods are upper case", at: offset, suggestion: "\"\(text.uppercased())\"")
      }
    }
  }

  private mutating func counted(
    _ test: ExpressionTest, at offset: Int
  ) throws(Fault) -> ExpressionCondition {
    testCount += 1
    guard testCount <= Expression.testCountMax else {
      throw Fault("more than \(Expression.testCountMax) comparisons", at: offset)
    }
    return .test(test)
  }

  /// `status in [429, 503]`.
  private mutating func list(
    for left: ExpressionTest.Operand, at start: Int, _ isNegated: Bool
  ) throws(Fault) -> ExpressionCondition {
    guard case .field(let field) = left else {
      throw Fault("a field must stand before 'in'", at: start)
    }
    if isNegated {
      throw Fault("'!' before 'in' needs parentheses", at: start, suggestion: "!(…)")
    }
    try advance()
    try expect("[")
    var tests: [ExpressionCondition] = []
    repeat {
      let offset = token.offset
      let value = try operand()
      if case .field = value { throw Fault("a list has constants only", at: offset) }
      try check(value, fits: field, at: offset)
      let test = ExpressionTest(operation: .equal, left: field, right: value)
      tests.append(try counted(test, at: offset))
    } while try skip(",")
    try expect("]")
    return .any(tests)
  }

  private static let methods: [(word: String, operation: ExpressionTest.Operation)] = [
    ("startsWith", .startsWith), ("endsWith", .endsWith), ("contains", .contains),
    ("glob", .glob), ("matches", .matches),
  ]

  /// `path.startsWith("/v1/")`.
  private mutating func method(
    of left: ExpressionTest.Operand, at start: Int
  ) throws(Fault) -> ExpressionCondition {
    let place = token.offset
    guard case .word(let word) = token.kind,
      let operation = Self.methods.first(where: { $0.word == word })?.operation
    else {
      var nearest: String?
      if case .word(let word) = token.kind {
        nearest = NearestWord.nearest(to: word, among: Self.methods.map(\.word))
      }
      throw Fault("there is no method \(token.name)", at: place, suggestion: nearest)
    }
    guard case .field(let field) = left, field.type == .text else {
      throw Fault("'\(word)' is a method of texts only", at: start)
    }
    try advance()
    try expect("(")
    let argumentStart = token.offset
    let argument = try self.text("'\(word)' takes a text in quotes")
    try expect(")")
    try refuseComparison(of: "'\(word)'")
    let right =
      operation == .matches
      ? .pattern(try pattern(argument, at: argumentStart)) : ExpressionTest.Operand.text(argument)
    return try counted(
      ExpressionTest(operation: operation, left: field, right: right), at: start)
  }

  /// A fault of a pattern is told where its text begins: escapes hide how far in it is.
  private func pattern(_ text: [UInt8], at offset: Int) throws(Fault) -> LinearPattern {
    do throws(Fault) {
      return try LinearPattern(parsing: text)
    } catch { throw Fault(error.message, at: offset) }
  }

  /// `cidr(client_ip, "10.0.0.0/8")`.
  private mutating func cidr() throws(Fault) -> ExpressionCondition {
    let start = token.offset
    try advance()
    try expect("(")
    let place = token.offset
    guard try field() == .clientIP else {
      throw Fault("'cidr' takes an address", at: place, suggestion: "client_ip")
    }
    try expect(",")
    let offset = token.offset
    let text = String(
      decoding: try self.text("'cidr' takes a network in quotes"), as: UTF8.self)
    guard let network = Network(parsing: text) else {
      throw Fault(
        "\"\(text)\" is not a network such as \"10.0.0.0/8\" or \"2001:db8::/32\"", at: offset)
    }
    try expect(")")
    try refuseComparison(of: "'cidr'")
    return try counted(
      ExpressionTest(operation: .cidr, left: .clientIP, right: .network(network)), at: start)
  }

  // MARK: - Operands

  private mutating func operand() throws(Fault) -> ExpressionTest.Operand {
    switch token.kind {
    case .text(let bytes):
      try advance()
      return .text(bytes)
    case .number(let number):
      try advance()
      return .number(number)
    case .word("true"), .word("false"):
      let isTrue = token.kind == .word("true")
      try advance()
      return .truth(isTrue)
    default: return .field(try field())
    }
  }

  private mutating func field() throws(Fault) -> RequestField {
    let place = token.offset
    guard case .word(let word) = token.kind else {
      throw Fault("expected a field, not \(token.name)", at: place)
    }
    try advance()
    var found = RequestField(word: word)
    if word == "query" {
      try expect("[")
      let name = try self.text("'query' takes a name in quotes")
      try expect("]")
      found = .query(String(decoding: name, as: UTF8.self))
    }
    guard let found else {
      throw Fault(
        "there is no field '\(word)'", at: place,
        suggestion: NearestWord.nearest(to: word, among: RequestField.words + ["cidr"]))
    }
    if !fields.contains(found) { fields.append(found) }
    return found
  }

  private mutating func text(_ message: String) throws(Fault) -> [UInt8] {
    guard case .text(let bytes) = token.kind else { throw Fault(message, at: token.offset) }
    try advance()
    return bytes
  }

  // MARK: - Words

  private mutating func advance() throws(Fault) { token = try tokens.next() }

  private mutating func skip(_ symbol: String) throws(Fault) -> Bool {
    guard token.kind == .symbol(symbol) else { return false }
    try advance()
    return true
  }

  private mutating func expect(_ symbol: String) throws(Fault) {
    guard try skip(symbol) else {
      throw Fault("expected '\(symbol)', not \(token.name)", at: token.offset)
    }
  }

  /// Words of other languages are faults that name the right sign.
  private mutating func skip(_ symbol: String, not word: String) throws(Fault) -> Bool {
    if case .word(let found) = token.kind, found.lowercased() == word {
      throw Fault("'\(found)' has no meaning here", at: token.offset, suggestion: symbol)
    }
    return try skip(symbol)
  }
}
