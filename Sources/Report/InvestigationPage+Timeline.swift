import AccessLog
import Detection
import Terminal

extension InvestigationPage {
  /// Bars of the timeline at most.
  private static let barCountMax = 420
  private static let height = 100.0
  private static let markHeight = 10.0
  /// Rows of alerts below the timeline; what overlaps more often shares the last one.
  private static let markRowCountMax = 8

  func writeTimeline(into page: inout Markup) {
    guard let first = statistics.firstTime, let last = statistics.lastTime,
      let series = investigation.timeline.series(
        from: first, to: last, countMax: Self.barCountMax)
    else { return }
    page.element("h2", text: "Timeline")
    page.newLine()
    page.element("figure") { figure in
      figure.element("figcaption") { writeLegend(series, into: &$0) }
      writeTraffic(series, into: &figure)
      writeMarks(series, into: &figure)
      TimeAxis(start: series.start, end: series.end).write(into: &figure)
    }
    page.newLine()
  }

  private func writeLegend(_ series: TrafficTimeline.Series, into legend: inout Markup) {
    let highest = series.buckets.map(\.requests).max() ?? 0
    func key(_ kind: StaticString, _ words: String) {
      legend.element("span", [("class", "key key-\(kind)")])
      legend.write(words)
    }
    key(
      "bar",
      "requests in \(Quantity.duration(seconds: series.width)), at most "
        + "\(Quantity.count(highest)) ")
    if series.buckets.contains(where: { $0.throttled > 0 }) { key("throttled", "throttled ") }
    if series.buckets.contains(where: { $0.errors > 0 }) { key("error", "errors (5xx) ") }
    if !statistics.gaps.isEmpty { key("gap", "gap in the logs ") }
  }

  private func writeTraffic(_ series: TrafficTimeline.Series, into figure: inout Markup) {
    let highest = Double(max(1, series.buckets.map(\.requests).max() ?? 1))
    drawing(series, height: Self.height, style: "timeline", label: "Requests over time", &figure) {
      for share in [0.25, 0.5, 0.75] {
        let y = coordinate(Self.height * share)
        $0.element(
          "line",
          [("class", "grid"), ("x1", "0"), ("x2", "\(series.buckets.count)"), ("y1", y), ("y2", y)])
      }
      for (index, bucket) in series.buckets.enumerated() where bucket.requests > 0 {
        writeBar(bucket, index, highest, series, into: &$0)
      }
      for gap in statistics.gaps.prefix(Self.spanCountMax) {
        let x = self.x(of: gap.start, series)
        let width = max(0.5, self.x(of: gap.end, series) - x)
        $0.element(
          "rect",
          [
            ("class", "gap"), ("x", coordinate(x)), ("y", "0"), ("width", coordinate(width)),
            ("height", coordinate(Self.height)),
          ]
        ) { $0.element("title", text: "gap in \(gap.source)") }
      }
    }
  }

  /// A bar of all requests, with the throttled ones and the errors at its foot.
  private func writeBar(
    _ bucket: TrafficTimeline.Bucket, _ index: Int, _ highest: Double,
    _ series: TrafficTimeline.Series, into drawing: inout Markup
  ) {
    let start = EventTime(seconds: series.start + Int64(index) * series.width)
    var words = "\(start.minuteText): \(Quantity.count(bucket.requests, "request"))"
    if bucket.throttled > 0 { words += ", \(Quantity.count(bucket.throttled)) throttled" }
    if bucket.errors > 0 { words += ", \(Quantity.count(bucket.errors, "error"))" }
    drawing.element("g") { group in
      group.element("title", text: words)
      writeBlock("bar", index, from: 0, Double(bucket.requests) / highest, into: &group)
      let denied = Double(bucket.throttled) / highest
      if denied > 0 { writeBlock("throttled", index, from: 0, denied, into: &group) }
      let failed = Double(bucket.errors) / highest
      if failed > 0 { writeBlock("error", index, from: denied, failed, into: &group) }
    }
  }

  private func writeBlock(
    _ style: String, _ index: Int, from foot: Double, _ share: Double, into drawing: inout Markup
  ) {
    // Requests that are there at all can be seen; a line of errors where there is one in ten
    // thousand would say more than there is.
    let height = max(style == "bar" ? 0.7 : 0, share * Self.height)
    drawing.element(
      "rect",
      [
        ("class", style), ("x", coordinate(Double(index) + 0.06)),
        ("y", coordinate(Self.height * (1 - foot) - height)), ("width", "0.88"),
        ("height", coordinate(height)),
      ])
  }

  // MARK: - alerts below the bars

  private func writeMarks(_ series: TrafficTimeline.Series, into figure: inout Markup) {
    guard !alerts.isEmpty else { return }
    let (rows, rowCount) = markRows(series)
    let height = Double(rowCount) * Self.markHeight
    figure.element("div", [("style", "height:\(coordinate(height * 1.1))px")]) { box in
      drawing(series, height: height, style: "marks", label: "Alerts over time", &box) {
        for (alert, row) in zip(alerts, rows) { writeMark(alert, row, series, into: &$0) }
      }
    }
  }

  private func writeMark(
    _ alert: Alert, _ row: Int, _ series: TrafficTimeline.Series, into drawing: inout Markup
  ) {
    let (start, end) = markSpan(alert, series)
    drawing.element("a", [("href", "#\(alert.anchor)")]) { link in
      link.element(
        "rect",
        [
          ("class", "fill-\(alert.severity.rawValue)"), ("x", coordinate(start)),
          ("y", coordinate(Double(row) * Self.markHeight + 1)),
          ("width", coordinate(end - start)), ("height", coordinate(Self.markHeight - 2)),
        ]
      ) {
        $0.element("title", text: "\(alert.startedAt.minuteText) \(alert.kind) \(alert.entity)")
      }
    }
  }

  private func markSpan(
    _ alert: Alert, _ series: TrafficTimeline.Series
  ) -> (start: Double, end: Double) {
    let start = x(of: alert.startedAt, series)
    let end = x(of: alert.endedAt ?? alert.detectedAt, series)
    let least = Double(series.buckets.count) / 160
    let count = Double(series.buckets.count)
    return (min(start, count - least), min(count, max(end, start + least)))
  }

  /// The first row that is free at each alert's start.
  private func markRows(_ series: TrafficTimeline.Series) -> (rows: [Int], count: Int) {
    var ends: [Double] = []
    let rows = alerts.map { alert in
      let (start, end) = markSpan(alert, series)
      var row = ends.firstIndex { $0 <= start } ?? ends.count
      if row == Self.markRowCountMax { row -= 1 }
      if row == ends.count { ends.append(end) } else { ends[row] = max(ends[row], end) }
      return row
    }
    return (rows, ends.count)
  }

  // MARK: - geometry

  private func x(of time: EventTime, _ series: TrafficTimeline.Series) -> Double {
    let bars = (Double(time.milliseconds) / 1000 - Double(series.start)) / Double(series.width)
    return min(Double(series.buckets.count), max(0, bars))
  }

  /// A drawing that is stretched to the width of the page: it holds shapes, and words stand
  /// outside of it.
  private func drawing(
    _ series: TrafficTimeline.Series, height: Double, style: String, label: String,
    _ page: inout Markup, _ body: (inout Markup) -> Void
  ) {
    page.element(
      "svg",
      [
        ("class", style), ("viewBox", "0 0 \(series.buckets.count) \(coordinate(height))"),
        ("preserveAspectRatio", "none"), ("role", "img"), ("aria-label", label),
        ("height", style == "marks" ? "100%" : ""),
      ].filter { !$0.1.isEmpty }, body)
  }
}

extension Alert {
  /// Where the page tells of it.
  var anchor: String { "alert-\(id)" }
}
