import AccessLog

/// What all filters ask of a combination of method, route, status and flags, each question once,
/// however many rules ask it.
struct ClassConditions: Sendable {
  private var matchers: [RequestMatcher] = []
  /// Those that a combination decides.
  private var expressions: [Expression] = []
  private var filters: [Filter] = []

  /// A filter by its questions' numbers.
  private struct Filter: Sendable {
    /// One of them is enough; all requests, if there is none.
    var matchers: [Int]
    var expression: Int?
  }

  init(_ filters: [RequestFilter]) {
    var matcherNumbers: [RequestMatcher: Int] = [:]  // looked up, never iterated
    var expressionNumbers: [Expression: Int] = [:]  // looked up, never iterated
    for filter in filters {
      let matchers = filter.matchers.map { matcher in
        matcherNumbers[matcher] ?? add(matcher, &matcherNumbers)
      }
      let expression = filter.expression.flatMap { expression in
        expression.isDecidedByClass
          ? expressionNumbers[expression] ?? add(expression, &expressionNumbers) : nil
      }
      self.filters.append(Filter(matchers: matchers, expression: expression))
    }
  }

  private mutating func add(_ matcher: RequestMatcher, _ numbers: inout [RequestMatcher: Int])
    -> Int
  {
    matchers.append(matcher)
    numbers[matcher] = matchers.count - 1
    return matchers.count - 1
  }

  private mutating func add(_ expression: Expression, _ numbers: inout [Expression: Int]) -> Int {
    expressions.append(expression)
    numbers[expression] = expressions.count - 1
    return expressions.count - 1
  }

  /// A bit for each filter that the record fulfils, or of which only its expression is open.
  func bits(_ batch: borrowing RecordBatch, _ index: Int) -> [UInt64] {
    let matching = matching(batch, index)
    var isTrue: [Bool] = []
    isTrue.reserveCapacity(expressions.count)
    for expression in expressions { isTrue.append(expression.isTrue(of: batch, at: index)) }
    var bits = [UInt64](repeating: 0, count: (filters.count + 63) / 64)
    for number in filters.indices {
      let filter = filters[number]
      guard filter.matchers.isEmpty || filter.matchers.contains(where: { matching[$0] }),
        filter.expression.map({ isTrue[$0] }) ?? true
      else { continue }
      bits[number / 64] |= 1 << UInt64(number % 64)
    }
    return bits
  }

  private func matching(_ batch: borrowing RecordBatch, _ index: Int) -> [Bool] {
    let route = batch.route[index]
    guard route != .none else { return Array(repeating: false, count: matchers.count) }
    let symbol = batch.method[index]
    let method = symbol == .none ? nil : batch.texts[symbol]
    return batch.routes.withText(of: route) { route in
      matchers.map { matcher in
        (matcher.methods.isEmpty || method.map(matcher.methods.contains) ?? false)
          && matcher.glob.matches(route)
      }
    }
  }
}
