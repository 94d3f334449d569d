import Baselines

extension RecentSeconds: StateCoded {
  mutating func code(with coder: inout StateCoder) {
    var cells = (0..<count).map { self[$0] }
    // They lie in an array until the last is gone, however few are left.
    var isMany = !many.isEmpty
    coder.code(&isMany)
    coder.code(&cells, blank: Cell())
    guard coder.isReading else { return }
    coder.require(isMany ? !cells.isEmpty : cells.count <= few.count)
    guard !coder.isDamaged else { return }
    self = RecentSeconds()
    if isMany { many = cells } else { for cell in cells { append(cell) } }
  }
}

extension RecentSeconds.Cell: StateCoded {
  mutating func code(with coder: inout StateCoder) {
    coder.code(&second)
    coder.code(&attempted)
    coder.code(&denied)
    coder.code(&lawfulDenials)
  }
}
