package import AccessLog

/// How reports write numbers and times.
package enum ReportText {
  /// `1,204,331`.
  package static func count(_ value: Int) -> String {
    let digits = String(value.magnitude)
    var text = value < 0 ? "-" : ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { text += "," }
      text.append(digit)
    }
    return text
  }

  /// `1 key`, `1,204 keys`.
  package static func plural(_ count: Int, _ noun: String) -> String {
    "\(self.count(count)) \(noun)\(count == 1 ? "" : "s")"
  }

  /// `99.9 %`, rounded down, so that 100 means all, and `0.0 %` some.
  package static func share(_ part: Int, of whole: Int) -> String {
    guard whole > 0 else { return "0 %" }
    let tenths = Int((Double(part) / Double(whole) * 1000).rounded(.down))
    let isRound = tenths % 10 == 0 && (tenths > 0 || part == 0)
    return isRound ? "\(tenths / 10) %" : "\(tenths / 10).\(tenths % 10) %"
  }

  /// `2026-11-21T19:51:49Z`.
  package static func second(_ time: EventTime) -> String {
    String(time.rfc3339.prefix(19)) + "Z"
  }
}
