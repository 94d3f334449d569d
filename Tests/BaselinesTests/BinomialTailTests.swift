import Testing

@testable import Baselines

@Suite struct BinomialTailTests {
  /// Sums of single terms, as a person would count them.
  private func sum(from count: Int, of whole: Int, share: Double) -> Double {
    (count...whole).reduce(0.0) { sum, k in
      let ways = (0..<k).reduce(1.0) { $0 * Double(whole - $1) / Double($1 + 1) }
      return sum + ways * Arithmetic.power(share, Int64(k))
        * Arithmetic.power(1 - share, Int64(whole - k))
    }
  }

  @Test(arguments: [(1, 1, 0.5), (3, 20, 0.05), (10, 40, 0.1), (40, 40, 0.9), (7, 100, 0.02)])
  func `the tail is the sum of its terms`(count: Int, whole: Int, share: Double) {
    let surprise = BinomialTail.surpriseAtLeast(Double(count), of: Double(whole), share: share)
    let expected = -Arithmetic.log(sum(from: count, of: whole, share: share)) / Arithmetic.ln10
    #expect((surprise - expected).magnitude < 1e-9)
  }

  @Test func `the ends are what they must be`() {
    #expect(BinomialTail.surpriseAtLeast(0, of: 10, share: 0.5) == 0)
    #expect(BinomialTail.surpriseAtLeast(10, of: 10, share: 1) == 0)
    #expect(BinomialTail.surpriseAtLeast(1, of: 10, share: 0) == 300)
  }
}
