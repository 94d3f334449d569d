import Foundation
import Testing

@testable import TrafficSimulator

@Suite struct PortableMathTests {
  @Test func `the exponential is that of the library but for the last digits`() {
    for step in -6000...6000 {
      let x = Double(step) * 0.1
      let expected = Foundation.exp(x)
      #expect(abs(PortableMath.exp(x) - expected) <= expected * 1e-13, "e^\(x)")
    }
    #expect(PortableMath.exp(-1e9) == 0)
  }

  @Test func `the logarithm is that of the library but for the last digits`() {
    var x = 1e-300
    while x < 1e300 {
      let expected = Foundation.log(x)
      #expect(abs(PortableMath.log(x) - expected) <= max(1e-15, abs(expected) * 1e-14), "ln \(x)")
      x *= 1.37
    }
    #expect(PortableMath.log(1) == 0)
  }
}
