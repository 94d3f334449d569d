import AlertStore
import Detection
import Terminal

/// Says in words which requests of an answer are known by their caller alone.
enum UsageOverflow {
  /// `nil` where all found room.
  static func words(_ query: UsageQuery, _ reader: AlertReader) throws -> String? {
    let count = try reader.overflowCount(query)
    guard count > 0 else { return nil }
    return
      "of \(Quantity.count(count, "request")) only the caller is kept, or the supplier, and not "
      + "the route, version and network: there were more of these than a database keeps apart; "
      + "they stand under \(UsageSeries.otherName)"
  }
}
