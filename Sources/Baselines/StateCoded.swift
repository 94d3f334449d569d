/// State that a snapshot keeps.
///
/// `code(with:)` names every stored property that is not told by the rules, the registry or the
/// options; what can be found out again, such as the slots of a hash table, is left out and made
/// anew after reading.
package protocol StateCoded {
  /// Writes each field in its turn, or reads it.
  mutating func code(with coder: inout StateCoder)
}

extension StateCoder {
  @inlinable
  package mutating func code<Value: StateCoded>(_ value: inout Value) {
    value.code(with: &self)
  }

  @inlinable
  package mutating func code<Value: StateCoded>(
    _ value: inout Value?, blank: @autoclosure () -> Value
  ) {
    optional(&value, blank: blank()) { $0.code(with: &$1) }
  }

  @inlinable
  package mutating func code<Value: StateCoded>(
    _ values: inout [Value], blank: @autoclosure () -> Value
  ) {
    array(&values, blank: blank()) { $0.code(with: &$1) }
  }
}
