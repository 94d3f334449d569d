import AccessLog
import Detection
import Terminal

/// The picture of one alert: its counts as bars in front of the band of what is usual, or, where
/// no counts were kept, what was observed on a scale beside it.
struct PictureSVG {
  private static let height = 100.0

  let alert: Alert

  func write(into page: inout Markup) {
    if let picture = alert.picture, !picture.windows.isEmpty {
      page.element("figure") { writeBars(picture, into: &$0) }
    } else if let high = alert.expectedHigh, high.isFinite {
      page.element("figure") { writeScale(high, into: &$0) }
    }
    page.newLine()
  }

  // MARK: - bars

  private func writeBars(_ picture: AlertPicture, into figure: inout Markup) {
    let windows = picture.windows
    let top = max(1e-9, windows.map { max($0.count, $0.high) }.max() ?? 1) * 1.04
    figure.element(
      "svg",
      [
        ("class", "picture"), ("viewBox", "0 0 \(windows.count) \(coordinate(Self.height))"),
        ("preserveAspectRatio", "none"), ("role", "img"), ("aria-label", description(picture)),
      ]
    ) { drawing in
      let judged = min(picture.judgedCount, windows.count)
      rectangle(
        "judged", x: Double(windows.count - judged), width: Double(judged), from: 0, to: 1,
        &drawing)
      for (index, window) in windows.enumerated() {
        rectangle(
          "band", x: Double(index), width: 1, from: window.low / top, to: window.high / top,
          &drawing)
      }
      for (index, window) in windows.enumerated() {
        writeBar(window, index, top, start: picture.start(ofWindow: index), into: &drawing)
      }
    }
    writeEnds(picture, into: &figure)
  }

  private func writeBar(
    _ window: AlertPicture.Window, _ index: Int, _ top: Double, start: EventTime,
    into drawing: inout Markup
  ) {
    drawing.element("g") { group in
      group.element(
        "title",
        text:
          "\(start.secondText): \(number(window.count)); usual \(range(window.low, window.high))")
      guard window.count > 0 else { return }
      let isUnusual = window.count > window.high || window.count < window.low
      rectangle(
        isUnusual ? "unusual" : "bar", x: Double(index) + 0.2, width: 0.6, from: 0,
        to: max(0.01, window.count / top), &group)
    }
  }

  /// A rectangle between two shares of the height.
  private func rectangle(
    _ style: String, x: Double, width: Double, from low: Double, to high: Double,
    _ drawing: inout Markup
  ) {
    drawing.element(
      "rect",
      [
        ("class", style), ("x", coordinate(x)), ("y", coordinate(Self.height * (1 - high))),
        ("width", coordinate(width)), ("height", coordinate(Self.height * (high - low))),
      ])
  }

  private func writeEnds(_ picture: AlertPicture, into figure: inout Markup) {
    let length = Quantity.duration(seconds: picture.windowMilliseconds / 1000)
    let highest = picture.windows.map(\.count).max() ?? 0
    figure.element("div", [("class", "ends")]) { ends in
      ends.element("span", text: time(picture.startedAt, picture))
      ends.element("span") { words in
        words.write("\(length) a bar, at most \(number(highest)); ")
        words.element("span", [("class", "key key-band")])
        words.write("usual")
      }
      ends.element(
        "span", text: time(picture.start(ofWindow: picture.windows.count), picture))
    }
  }

  private func time(_ time: EventTime, _ picture: AlertPicture) -> String {
    picture.windowMilliseconds < 60_000 ? time.secondText : time.minuteText
  }

  private func description(_ picture: AlertPicture) -> String {
    let last = picture.windows[picture.windows.count - 1]
    return "\(picture.windows.count) counts up to the alert; the last is \(number(last.count)), "
      + "where \(range(last.low, last.high)) is usual"
  }

  // MARK: - scale

  private func writeScale(_ high: Double, into figure: inout Markup) {
    let low = max(0, alert.expectedLow ?? 0)
    let top = max(alert.observed, high, 1e-9) * 1.06
    figure.element(
      "svg",
      [
        ("class", "scale"), ("viewBox", "0 0 100 10"), ("preserveAspectRatio", "none"),
        ("role", "img"),
        ("aria-label", "observed \(number(alert.observed)), usual \(range(low, high))"),
      ]
    ) { drawing in
      strip("band", from: low / top, to: max(high / top, low / top + 0.003), &drawing)
      let place = alert.observed / top
      strip("observed", from: max(0, place - 0.006), to: min(1, place + 0.006), &drawing)
    }
    figure.element("div", [("class", "ends")]) { ends in
      ends.element("span", text: "0")
      ends.element("span") { words in
        words.write("observed \(number(alert.observed)); ")
        words.element("span", [("class", "key key-band")])
        words.write("usual \(range(low, high))")
      }
      ends.element("span", text: number(top))
    }
  }

  private func strip(
    _ style: String, from start: Double, to end: Double, _ drawing: inout Markup
  ) {
    drawing.element(
      "rect",
      [
        ("class", style), ("x", coordinate(start * 100)), ("y", "0"),
        ("width", coordinate((end - start) * 100)), ("height", "10"),
      ])
  }

  // MARK: - words

  private func range(_ low: Double, _ high: Double) -> String {
    low > 0 ? "\(number(low)) to \(number(high))" : "at most \(number(high))"
  }

  private func number(_ value: Double) -> String { Quantity.number(value) }
}
