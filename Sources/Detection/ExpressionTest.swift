/// One comparison.
struct ExpressionTest: Sendable {
  enum Operation: UInt8 {
    case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual
    case startsWith, endsWith, contains, glob, cidr, matches

    /// The operation with its sides exchanged.
    var mirrored: Self {
      switch self {
      case .less: .greater
      case .lessOrEqual: .greaterOrEqual
      case .greater: .less
      case .greaterOrEqual: .lessOrEqual
      default: self
      }
    }

    var isEquality: Bool { self == .equal || self == .notEqual }
  }

  enum Operand {
    case field(RequestField)
    case text([UInt8])
    case number(Double)
    case truth(Bool)
    case network(Network)
    case pattern(LinearPattern)
  }

  var operation: Operation
  var left: RequestField
  var right: Operand
}

/// A parsed condition, with types that fit.
indirect enum ExpressionCondition: Sendable {
  case test(ExpressionTest)
  case not(ExpressionCondition)
  case all([ExpressionCondition])
  case any([ExpressionCondition])
}

extension ExpressionTest.Operand {
  var type: RequestField.ValueType {
    switch self {
    case .field(let field): field.type
    case .text, .network, .pattern: .text
    case .number: .number
    case .truth: .truth
    }
  }

  /// The constant as it is written in another type, where it can be.
  func converted(to type: RequestField.ValueType) -> String? {
    switch (self, type) {
    case (.text(let bytes), .number):
      let text = String(decoding: bytes, as: UTF8.self)
      return Double(text) == nil ? nil : text
    case (.text(let bytes), .truth):
      let text = String(decoding: bytes, as: UTF8.self)
      return text == "true" || text == "false" ? text : nil
    case (.number(let number), .text):
      return Int64(exactly: number).map { "\"\($0)\"" } ?? "\"\(number)\""
    default: return nil
    }
  }
}
