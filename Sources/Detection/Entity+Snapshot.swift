import Baselines

extension Entity: StateCoded {
  static let blank = Entity.all

  mutating func code(with coder: inout StateCoder) {
    coder.code(&type)
    coder.code(&index)
  }
}

extension StateCoder {
  /// A value of an enumeration, by its name: the order of cases may change.
  mutating func code<Value: RawRepresentable<String>>(_ value: inout Value) {
    var name = value.rawValue
    code(&name)
    guard let known = Value(rawValue: name) else { return require(false) }
    value = known
  }
}
