extension Range where Bound: FixedWidthInteger {
  /// The first number of the range for which something holds that holds for all behind it too; the
  /// end of the range where it holds for none.
  @inline(__always)
  package func partitionPoint(where holds: (Bound) -> Bool) -> Bound {
    var (low, high) = (lowerBound, upperBound)
    while low < high {
      let middle = low + (high - low) / 2
      if holds(middle) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
