/// A part of a line that evidence does not show, by what the format says of its place.
public struct HiddenPlace: Hashable, Sendable {
  public enum Reason: Hashable, Sendable {
    /// A header, cookie, parameter or claim that nobody called a name.
    case secret
    /// It stands where an address belongs, and is none.
    case noAddress
    /// No part of the format: no one can tell what it is.
    case undescribed
  }

  public var range: Range<Int>
  public var reason: Reason

  public init(_ range: Range<Int>, _ reason: Reason) {
    self.range = range
    self.reason = reason
  }
}

extension LineReader {
  /// A format whose lines say nothing of what is secret leaves it to the look of the text.
  public func hiddenPlaces(in line: Span<UInt8>) -> [HiddenPlace] { [] }
}
