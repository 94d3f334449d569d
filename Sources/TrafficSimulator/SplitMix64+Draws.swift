extension SplitMix64 {
  /// Above this mean a count is drawn in parts, so that the product below never underflows.
  private static let poissonMeanMax = 30.0

  /// A Poisson count. The time it takes grows with the count, as writing the lines does.
  package mutating func poisson(mean: Double) -> Int {
    var rest = mean
    var count = 0
    while rest > 0 {
      count += smallPoisson(mean: Swift.min(rest, Self.poissonMeanMax))
      rest -= Self.poissonMeanMax
    }
    return count
  }

  /// Knuth's method: uniform numbers are multiplied until the product falls below e^-mean.
  private mutating func smallPoisson(mean: Double) -> Int {
    let limit = PortableMath.exp(-mean)
    var product = unit()
    var count = 0
    while product > limit {
      product *= unit()
      count += 1
    }
    return count
  }

  /// A gamma number of mean 1 and variance 1/`shape`. A Poisson count whose mean is multiplied
  /// with it is negative-binomial.
  package mutating func gamma(shape: Int) -> Double {
    var logarithm = 0.0
    var product = 1.0
    for index in 1...shape {
      product *= 1 - unit()
      guard index % 16 == 0 || index == shape else { continue }
      logarithm += PortableMath.log(product)
      product = 1
    }
    return -logarithm / Double(shape)
  }
}
