import AccessLog
public import Detection
import Terminal

/// Learnt weeks as a drawing that stands for itself: the band of what is usual, the mean in it,
/// and what is counted now.
public struct WeekSVG {
  private static let (left, top, width, height) = (60.0, 30.0, 840.0, 160.0)
  /// With the words above and below.
  private static let pitch = 240.0
  private static let days: [StaticString] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
  private static let style: StaticString = """
    <style>text{font:12px sans-serif;fill:#333}.band{fill:#bcd4ea}.mean{fill:none;stroke:#1f5f99;\
    stroke-width:1.5}.unknown{fill:#eee}.grid{stroke:#ddd}.now{stroke:#b00020;stroke-width:1.5}\
    .seen{fill:#b00020}.value{text-anchor:end}@media(prefers-color-scheme:dark){text{fill:#ddd}\
    .band{fill:#27445e}.mean{stroke:#7db8ea}.unknown{fill:#333}.grid{stroke:#444}}</style>
    """

  private let weeks: [LearntWeek]

  public init(_ weeks: [LearntWeek]) { self.weeks = weeks }

  /// A whole file.
  public var text: String {
    var page = Markup()
    let size = (width: Self.left + Self.width + 20, height: Self.pitch * Double(weeks.count))
    page.element(
      "svg",
      [
        ("xmlns", "http://www.w3.org/2000/svg"),
        ("viewBox", "0 0 \(coordinate(size.width)) \(coordinate(size.height))"),
        ("width", coordinate(size.width)), ("height", coordinate(size.height)), ("role", "img"),
        ("aria-label", weeks.map(Self.title).joined(separator: "; ")),
      ]
    ) { drawing in
      drawing.writeLiteral(Self.style)
      for (index, week) in weeks.enumerated() {
        let offset = Self.pitch * Double(index)
        drawing.element("g", [("transform", "translate(0 \(coordinate(offset)))")]) {
          Self.write(week, into: &$0)
        }
        drawing.newLine()
      }
    }
    page.newLine()
    return page.text
  }

  private static func title(_ week: LearntWeek) -> String {
    "\(week.entity): usual \(week.unit) in \(Quantity.duration(seconds: week.windowSeconds)) at "
      + "each hour of the week (\(week.zone)), by \(week.time.rfc3339)"
  }

  private static func write(_ week: LearntWeek, into drawing: inout Markup) {
    let highest = week.hours.compactMap { $0?.high }.max() ?? 0
    let top = max(highest, week.seen, 1e-9) * 1.04
    words(title(week), x: left, y: 18, into: &drawing)
    for hour in week.hours.indices { write(week.hours[hour], hour, top, into: &drawing) }
    writeGrid(top, into: &drawing)
    writeMean(week, top, into: &drawing)
    writeNow(week, top, into: &drawing)
  }

  private static func x(_ hour: Double) -> Double { left + width * hour / 168 }
  private static func y(_ share: Double) -> Double { top + height * (1 - share) }

  private static func write(
    _ hour: LearntWeek.Hour?, _ index: Int, _ top: Double, into drawing: inout Markup
  ) {
    let (low, high) = hour.map { ($0.low / top, $0.high / top) } ?? (0, 1)
    drawing.element(
      "rect",
      [
        ("class", hour == nil ? "unknown" : "band"), ("x", coordinate(x(Double(index)))),
        ("y", coordinate(y(high))), ("width", coordinate(width / 168)),
        ("height", coordinate(height * (high - low))),
      ])
  }

  private static func writeGrid(_ top: Double, into drawing: inout Markup) {
    for day in days.indices {
      line("grid", from: (x(Double(day * 24)), y(1)), to: (x(Double(day * 24)), y(0)), &drawing)
      words("\(days[day])", x: x(Double(day * 24)) + 4, y: y(0) + 16, into: &drawing)
    }
    line("grid", from: (left, y(0)), to: (left + width, y(0)), &drawing)
    words("0", x: left - 6, y: y(0), isValue: true, into: &drawing)
    words(Quantity.number(top), x: left - 6, y: y(1) + 8, isValue: true, into: &drawing)
  }

  /// A step an hour; where one is not known the line is broken.
  private static func writeMean(_ week: LearntWeek, _ top: Double, into drawing: inout Markup) {
    var path = ""
    for (index, hour) in week.hours.enumerated() {
      guard let hour else { continue }
      let isGoingOn = index > 0 && week.hours[index - 1] != nil
      let height = coordinate(y(hour.mean / top))
      path +=
        "\(isGoingOn ? "L" : "M")\(coordinate(x(Double(index)))) \(height)"
        + "H\(coordinate(x(Double(index + 1))))"
    }
    drawing.element("path", [("class", "mean"), ("d", path)])
  }

  private static func writeNow(_ week: LearntWeek, _ top: Double, into drawing: inout Markup) {
    let middle = x(Double(week.hourOfWeek) + 0.5)
    line("now", from: (middle, y(1)), to: (middle, y(0)), &drawing)
    drawing.element(
      "circle",
      [
        ("class", "seen"), ("cx", coordinate(middle)), ("cy", coordinate(y(week.seen / top))),
        ("r", "4"),
      ]
    ) { $0.element("title", text: "now: \(Quantity.number(week.seen)) so far") }
  }

  private static func line(
    _ style: String, from start: (Double, Double), to end: (Double, Double),
    _ drawing: inout Markup
  ) {
    drawing.element(
      "line",
      [
        ("class", style), ("x1", coordinate(start.0)), ("y1", coordinate(start.1)),
        ("x2", coordinate(end.0)), ("y2", coordinate(end.1)),
      ])
  }

  private static func words(
    _ text: String, x: Double, y: Double, isValue: Bool = false, into drawing: inout Markup
  ) {
    drawing.element(
      "text",
      [
        ("class", isValue ? "value" : "words"), ("x", coordinate(x)), ("y", coordinate(y)),
      ], text: text)
  }
}
