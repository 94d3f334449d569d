/// How reasons say numbers and times: `1,840`, `5 min`, `8.7 times`.
enum Wording {
  /// Whole numbers with commas; below ten with one decimal where it says something.
  static func number(_ value: Double) -> String {
    guard value.isFinite, value.magnitude < 1e15 else { return "a great many" }
    if value.magnitude < 10, value != value.rounded() { return oneDecimal(value) }
    return grouped(Int64(value.rounded()))
  }

  static func oneDecimal(_ value: Double) -> String {
    let tenths = Int64((value * 10).rounded())
    let sign = tenths < 0 ? "-" : ""
    return "\(sign)\(grouped((tenths / 10).magnitude)).\(tenths.magnitude % 10)"
  }

  static func duration(milliseconds: Int64) -> String {
    let seconds = milliseconds / 1000
    if seconds % 86_400 == 0, seconds >= 86_400 {
      return seconds == 86_400 ? "1 day" : "\(seconds / 86_400) days"
    }
    if seconds % 3600 == 0, seconds >= 3600 { return "\(seconds / 3600) h" }
    if seconds % 60 == 0, seconds >= 60 { return "\(seconds / 60) min" }
    return "\(seconds) s"
  }

  /// `8.7 times as many`, `a fifth of that`: how an observation compares.
  static func comparison(observed: Double, expected: Double) -> String {
    if observed == 0 { return "none at all" }
    if observed >= expected {
      return expected < 0.01
        ? "where next to none are usual"
        : "\(oneDecimal(observed / expected)) times as many"
    }
    return "\(number((observed / expected * 100).rounded())) in 100 of the usual"
  }

  static func plural(_ count: Int64, _ noun: String) -> String {
    "\(grouped(count)) \(noun)\(count == 1 ? "" : "s")"
  }

  /// `12 keys`.
  static func plural(_ count: Int64, _ type: EntityType) -> String {
    type == .clientIP && count != 1 ? "\(grouped(count)) addresses" : plural(count, type.words)
  }

  private static func grouped(_ value: Int64) -> String {
    (value < 0 ? "-" : "") + grouped(value.magnitude)
  }

  private static func grouped(_ value: UInt64) -> String {
    let digits = Array(String(value).utf8)
    var text: [UInt8] = []
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { text.append(UInt8(ascii: ",")) }
      text.append(digit)
    }
    return String(decoding: text, as: UTF8.self)
  }
}
