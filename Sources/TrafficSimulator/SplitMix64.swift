/// Chance from a seed: the same numbers on every machine, now and in ten years.
///
/// Whatever is drawn here uses integers, the four basic operations and `PortableMath`, all of
/// which every processor rounds alike.
public struct SplitMix64: Sendable, RandomNumberGenerator {
  private var state: UInt64

  public init(seed: UInt64) { state = seed }

  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return Self.mix(state)
  }

  /// A generator of its own for `purpose`, so that a new use of chance moves no other.
  public func branch(_ purpose: UInt64) -> SplitMix64 {
    SplitMix64(seed: Self.mix(state ^ Self.mix(purpose &+ 0x9E37_79B9_7F4A_7C15)))
  }

  /// From 0 up to, and never, 1.
  public mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// A whole number in `0..<bound`; the bias is below one in 2^32 for the bounds used here.
  public mutating func below(_ bound: Int) -> Int {
    precondition(bound > 0, "nothing to choose from")
    return Int(next().multipliedFullWidth(by: UInt64(bound)).high)
  }

  public mutating func between(_ low: Double, _ high: Double) -> Double {
    low + (high - low) * unit()
  }

  public mutating func chance(_ probability: Double) -> Bool { unit() < probability }

  public mutating func pick<Element>(_ choices: [Element]) -> Element {
    choices[below(choices.count)]
  }

  private static func mix(_ value: UInt64) -> UInt64 {
    var mixed = value
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
