extension HourTally: StateCoded {
  package mutating func code(with coder: inout StateCoder) {
    coder.code(&window)
    // Hours are short, so these are small beside the window.
    first = Self.code(first, from: window, &coder)
    end = Self.code(end, from: window, &coder)
    coder.code(&sum)
    coder.code(&squareSum)
    coder.code(&count)
    coder.code(&clipAt)
    coder.code(&missingCount)
  }

  private static func code(
    _ other: Int64, from window: Int64, _ coder: inout StateCoder
  ) -> Int64 {
    var distance = other &- window
    coder.code(&distance)
    return window &+ distance
  }
}
