import AccessLog

/// A condition as a list of comparisons, each with the place to go on at: no recursion, no
/// allocation and no reference counting while it is evaluated.
struct ExpressionProgram: Sendable {
  private static let accept: Int32 = -1
  private static let reject: Int32 = -2

  /// Jumps lead to smaller indices only, so that evaluation ends.
  private var steps: [Step] = []
  private var start = Self.reject
  /// Constant texts and names of query parameters, end to end.
  private var bytes: [UInt8] = []
  /// For each byte of a text that is searched for, where to go on after a mismatch behind it
  /// (Knuth, Morris and Pratt): a naive search would be quadratic in the request's text.
  private var borders: [UInt16] = []
  private var globs: [PathGlob] = []
  private var networks: [Network] = []
  private var patterns: [LinearPattern] = []

  private struct Step {
    var operation: ExpressionTest.Operation
    var isNumeric: Bool
    var left: Operand
    var right: Operand
    var onTrue: Int32
    var onFalse: Int32
  }

  private struct Operand {
    var slot: FieldSlot
    /// Of ``bytes``; the lower bound alone is an index of ``globs``, ``networks`` or
    /// ``patterns``.
    var start: Int32 = 0
    var end: Int32 = 0
    var number: Double = 0
  }

  init(_ condition: ExpressionCondition) {
    start = add(condition, onTrue: Self.accept, onFalse: Self.reject)
  }

  func isTrue(of batch: borrowing RecordBatch, at index: Int) -> Bool {
    var at = start
    while at >= 0 {
      let step = steps[Int(at)]
      at = holds(step, batch, index) ? step.onTrue : step.onFalse
    }
    return at == Self.accept
  }

  // MARK: - Compiling

  /// Adds what stands behind first, and returns the index to begin at.
  private mutating func add(
    _ condition: ExpressionCondition, onTrue: Int32, onFalse: Int32
  ) -> Int32 {
    switch condition {
    case .test(let test): return add(test, onTrue: onTrue, onFalse: onFalse)
    case .not(let inner): return add(inner, onTrue: onFalse, onFalse: onTrue)
    case .all(let parts):
      return parts.reversed().reduce(onTrue) { add($1, onTrue: $0, onFalse: onFalse) }
    case .any(let parts):
      return parts.reversed().reduce(onFalse) { add($1, onTrue: onTrue, onFalse: $0) }
    }
  }

  private mutating func add(_ test: ExpressionTest, onTrue: Int32, onFalse: Int32) -> Int32 {
    let right =
      switch (test.operation, test.right) {
      case (.glob, .text(let text)): add(PathGlob(String(decoding: text, as: UTF8.self)))
      case (_, .network(let network)): add(network)
      case (_, .pattern(let pattern)): add(pattern)
      case (_, .text(let text)): add(text, slot: .constant)
      case (_, .field(let field)): add(field)
      case (_, .number(let number)): Operand(slot: .constant, number: number)
      case (_, .truth(let isTrue)): Operand(slot: .constant, number: isTrue ? 1 : 0)
      }
    steps.append(
      Step(
        operation: test.operation, isNumeric: test.left.type != .text, left: add(test.left),
        right: right, onTrue: onTrue, onFalse: onFalse))
    return Int32(steps.count - 1)
  }

  private mutating func add(_ field: RequestField) -> Operand {
    guard case .query(let name) = field else { return Operand(slot: FieldSlot(field)) }
    return add(Array(name.utf8), slot: .query)
  }

  private mutating func add(_ text: [UInt8], slot: FieldSlot) -> Operand {
    let start = bytes.count
    bytes += text
    var length: UInt16 = 0
    for offset in text.indices {
      if offset > 0 {
        while length > 0, text[offset] != text[Int(length)] {
          length = borders[start + Int(length) - 1]
        }
        if text[offset] == text[Int(length)] { length += 1 }
      }
      borders.append(length)
    }
    return Operand(slot: slot, start: Int32(start), end: Int32(bytes.count))
  }

  private mutating func add(_ glob: PathGlob) -> Operand {
    globs.append(glob)
    return Operand(slot: .constant, start: Int32(globs.count - 1))
  }

  private mutating func add(_ network: Network) -> Operand {
    networks.append(network)
    return Operand(slot: .constant, start: Int32(networks.count - 1))
  }

  private mutating func add(_ pattern: LinearPattern) -> Operand {
    patterns.append(pattern)
    return Operand(slot: .constant, start: Int32(patterns.count - 1))
  }

  // MARK: - Evaluating

  private func holds(_ step: Step, _ batch: borrowing RecordBatch, _ index: Int) -> Bool {
    if step.isNumeric {
      guard let left = number(step.left, batch, index),
        let right = number(step.right, batch, index)
      else { return false }
      return Self.compare(left, step.operation, right)
    }
    return withText(step.left, batch, index) { text in
      switch step.operation {
      case .glob: globs[Int(step.right.start)].matches(text)
      case .matches: patterns[Int(step.right.start)].matches(text)
      case .cidr: networks[Int(step.right.start)].contains(text)
      case .contains: contains(text, step.right)
      default:
        withText(step.right, batch, index) { Self.compare(text, step.operation, $0) }
      }
    }
  }

  private func number(
    _ operand: Operand, _ batch: borrowing RecordBatch, _ index: Int
  ) -> Double? {
    operand.slot == .constant ? operand.number : batch.number(operand.slot, at: index)
  }

  private func withText(
    _ operand: Operand, _ batch: borrowing RecordBatch, _ index: Int,
    _ body: (Span<UInt8>) -> Bool
  ) -> Bool {
    let range = Int(operand.start)..<Int(operand.end)
    switch operand.slot {
    case .constant: return body(bytes.span.extracting(range))
    case .query:
      let name = bytes.span.extracting(range)
      return batch.withQueryValue(named: name, at: index, body) ?? body([UInt8]().span)
    default: return batch.withText(operand.slot, at: index, body) ?? body([UInt8]().span)
    }
  }

  private static func compare(
    _ a: Double, _ operation: ExpressionTest.Operation, _ b: Double
  ) -> Bool {
    switch operation {
    case .equal: a == b
    case .notEqual: a != b
    case .less: a < b
    case .lessOrEqual: a <= b
    case .greater: a > b
    case .greaterOrEqual: a >= b
    default: false
    }
  }

  private static func compare(
    _ a: Span<UInt8>, _ operation: ExpressionTest.Operation, _ b: Span<UInt8>
  ) -> Bool {
    switch operation {
    case .equal: a.isEqual(to: b)
    case .notEqual: !a.isEqual(to: b)
    case .less: order(a, b) < 0
    case .lessOrEqual: order(a, b) <= 0
    case .greater: order(a, b) > 0
    case .greaterOrEqual: order(a, b) >= 0
    case .startsWith: a.count >= b.count && a.extracting(0..<b.count).isEqual(to: b)
    case .endsWith:
      a.count >= b.count && a.extracting(a.count - b.count..<a.count).isEqual(to: b)
    default: false
    }
  }

  /// By bytes: negative where `a` stands before `b`.
  private static func order(_ a: Span<UInt8>, _ b: Span<UInt8>) -> Int {
    for offset in 0..<min(a.count, b.count) where a[offset] != b[offset] {
      return Int(a[offset]) - Int(b[offset])
    }
    return a.count - b.count
  }

  private func contains(_ text: Span<UInt8>, _ operand: Operand) -> Bool {
    let (start, count) = (Int(operand.start), Int(operand.end - operand.start))
    guard count > 0 else { return true }
    var matched = 0
    for offset in text.indices {
      while matched > 0, text[offset] != bytes[start + matched] {
        matched = Int(borders[start + matched - 1])
      }
      if text[offset] == bytes[start + matched] { matched += 1 }
      if matched == count { return true }
    }
    return false
  }
}
