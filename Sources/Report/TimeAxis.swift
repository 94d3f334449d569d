import AccessLog

/// Times below a drawing, at round hours or days; the words are HTML, so that they keep their
/// size when the drawing is stretched.
struct TimeAxis {
  /// Seconds since the epoch.
  var start: Int64
  var end: Int64

  private static let steps: [Int64] = [
    60, 300, 600, 1800, 3600, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800, 1_209_600,
    2_419_200, 7_257_600, 31_449_600,
  ]
  private static let tickCountMax: Int64 = 9

  /// Seconds between two ticks.
  var step: Int64 {
    let span = end - start
    return Self.steps.first { span / $0 < Self.tickCountMax } ?? max(1, span / Self.tickCountMax)
  }

  /// Each tick's place from 0 to 1, and its words.
  var ticks: [(place: Double, text: String)] {
    guard end > start else { return [] }
    var ticks: [(place: Double, text: String)] = []
    var time = (start + step - 1) / step * step
    while time <= end {
      let place = Double(time - start) / Double(end - start)
      // Words at the very ends would stand out of the page.
      if place > 0.03, place < 0.97 { ticks.append((place, text(of: time))) }
      time += step
    }
    return ticks
  }

  /// `09:00`; at midnight, and where a tick is a day or more, `03-14`.
  private func text(of time: Int64) -> String {
    let text = EventTime(seconds: time).rfc3339
    if step >= 31_449_600 { return String(text.prefix(7)) }
    return time % 86_400 == 0
      ? String(text.dropFirst(5).prefix(5)) : String(text.dropFirst(11).prefix(5))
  }

  func write(into page: inout Markup) {
    page.element("div", [("class", "axis")]) { axis in
      for (index, tick) in ticks.enumerated() {
        let attributes: [Markup.Attribute] = [
          (name: "style", value: "left:\(coordinate(tick.place * 100))%"),
          (name: "class", value: index % 2 == 1 ? "odd" : "even"),
        ]
        axis.element("span", attributes, text: tick.text)
      }
    }
  }
}
