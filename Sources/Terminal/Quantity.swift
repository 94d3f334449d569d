/// Numbers as people read them: `1,840`, `1 key`, `2 keys`, `1.5 GB`, `1 h 5 min`.
public enum Quantity {
  /// `2,000,000`.
  public static func count(_ value: some BinaryInteger) -> String {
    let digits = String(value.magnitude)
    var text = value < 0 ? "-" : ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { text += "," }
      text.append(digit)
    }
    return text
  }

  /// `1 key`, `2 keys`, `2 entries` with `plural` given.
  public static func count(
    _ value: some BinaryInteger, _ noun: String, plural: String? = nil
  ) -> String {
    "\(count(value)) \(value == 1 ? noun : plural ?? noun + "s")"
  }

  /// `1,840`; below ten with one decimal where it says something.
  public static func number(_ value: Double) -> String {
    guard value.isFinite, value.magnitude < 1e15 else { return "a great many" }
    let tenths = Int64((value * 10).rounded())
    guard value.magnitude < 10, tenths % 10 != 0 else { return count(Int64(value.rounded())) }
    return "\(tenths < 0 ? "-" : "")\(tenths.magnitude / 10).\(tenths.magnitude % 10)"
  }

  /// `999`, `8.2 M`: powers of a thousand, three digits at most.
  public static func short(_ value: Int64) -> String {
    guard value >= 1000 else { return "\(max(0, value))" }
    return scaled(value, ["k", "M", "G", "T", "P"])
  }

  /// `999 bytes`, `1.5 GB`: powers of a thousand, three digits at most.
  public static func bytes(_ value: Int64) -> String {
    guard value >= 1000 else { return count(value, "byte") }
    return scaled(value, ["kB", "MB", "GB", "TB", "PB"])
  }

  private static func scaled(_ value: Int64, _ units: [String]) -> String {
    var unit = 0
    var scale: Int64 = 1000
    // What rounds up to a thousand is one of the next unit.
    while rounded(value, to: scale) >= 1000, unit < units.count - 1 {
      scale *= 1000
      unit += 1
    }
    let tenths = rounded(value, to: scale / 10)
    let number =
      tenths >= 1000 ? "\(rounded(value, to: scale))" : "\(tenths / 10).\(tenths % 10)"
    return "\(number) \(units[unit])"
  }

  /// How many times `scale` it is, the nearest whole number.
  private static func rounded(_ value: Int64, to scale: Int64) -> Int64 {
    value / scale + (value % scale >= scale / 2 ? 1 : 0)
  }

  /// `8 s`, `1 min 5 s`, `3 h 20 min`, `2 days 4 h`: the two largest units.
  public static func duration(seconds: Int64) -> String {
    switch seconds {
    case ..<60: "\(seconds) s"
    case ..<3600: pair("\(seconds / 60) min", seconds % 60, "s")
    case ..<86_400: pair("\(seconds / 3600) h", seconds % 3600 / 60, "min")
    default: pair(count(seconds / 86_400, "day"), seconds % 86_400 / 3600, "h")
    }
  }

  private static func pair(_ large: String, _ small: Int64, _ unit: String) -> String {
    small == 0 ? large : "\(large) \(small) \(unit)"
  }

  /// `99.9 %`, rounded, but 100 only where it is all, and 0 only where it is nothing.
  public static func share(_ part: Int, of whole: Int) -> String {
    guard whole > 0 else { return "100 %" }
    let rounded = Int((Double(part) * 1000 / Double(whole)).rounded())
    let tenths = part <= 0 ? 0 : part >= whole ? rounded : min(max(rounded, 1), 999)
    return tenths % 10 == 0 ? "\(tenths / 10) %" : "\(tenths / 10).\(tenths % 10) %"
  }
}
