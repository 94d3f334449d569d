import AccessLog
import Detection
import ReadPermission
import Terminal

extension InvestigationPage {
  /// Titles of a table; true for a column of numbers.
  func writeColumns(_ titles: [(String, Bool)], into table: inout Markup) {
    table.element("thead") { head in
      head.element("tr") { row in
        for (title, isNumber) in titles {
          row.element("th", isNumber ? [("class", "number")] : [], text: title)
        }
      }
    }
    table.newLine()
  }

  // MARK: - suppliers

  func writeSuppliers(into page: inout Markup) {
    guard !investigation.suppliers.isEmpty else { return }
    page.element("h2", text: "Suppliers")
    page.newLine()
    page.element("div", [("class", "scroll")]) { box in
      box.element("table") { table in
        writeColumns(
          [
            ("supplier", false), ("requests", true), ("throttled", true), ("errors", true),
            ("sent", true),
            ("alerts", true), ("keys", true), ("tiers", false), ("time zone", false),
            ("contact", false),
          ],
          into: &table)
        table.element("tbody") { body in
          for supplier in investigation.suppliers { writeRow(supplier, into: &body) }
          if investigation.withoutSupplier.requests > 0 { writeRest(into: &body) }
        }
      }
    }
    page.newLine()
  }

  private func writeRow(_ supplier: Investigation.Supplier, into body: inout Markup) {
    let alertCount = investigation.alerts.count { $0.supplier == supplier.name }
    body.element("tr") { row in
      row.element("td", [("class", "long")], text: supplier.name)
      writeUsage(supplier.usage, into: &row)
      number(alertCount == 0 ? "" : Quantity.count(alertCount), into: &row)
      number(Quantity.count(supplier.keyCount), into: &row)
      row.element("td", text: supplier.tiers.joined(separator: ", "))
      row.element("td", text: supplier.timeZone)
      row.element("td", text: supplier.contact ?? "")
    }
    body.newLine()
  }

  /// All that came from callers without a supplier.
  private func writeRest(into body: inout Markup) {
    body.element("tr", [("class", "quiet")]) { row in
      row.element("td", text: "without a supplier")
      writeUsage(investigation.withoutSupplier, into: &row)
      number(Quantity.count(investigation.alerts.count { $0.supplier == nil }), into: &row)
      row.element("td", [("colspan", "4")])
    }
  }

  private func writeUsage(_ usage: Investigation.Usage, into row: inout Markup) {
    for count in [usage.requests, usage.throttled, usage.errors] {
      number(count == 0 ? "" : Quantity.count(count), into: &row)
    }
    number(usage.bytesOut == 0 ? "" : Quantity.bytes(usage.bytesOut), into: &row)
  }

  private func number(_ text: String, into row: inout Markup) {
    row.element("td", [("class", "number")], text: text)
  }

  // MARK: - what was not judged

  func writeSleeping(into page: inout Markup) {
    let rules = investigation.summary.sleepingRules
    guard !rules.isEmpty else { return }
    page.element("h2", text: "Rules that slept")
    page.element("dl", [("class", "list")]) { list in
      for rule in rules {
        list.element("dt", text: rule.id)
        list.element("dd", text: rule.reason)
      }
    }
    page.newLine()
  }

  func writeCoverage(into page: inout Markup) {
    page.element("h2", text: "Coverage and gaps")
    page.newLine()
    page.element("div", [("class", "scroll")]) { box in
      box.element("table") { table in
        writeColumns(
          [
            ("source", false), ("from", false), ("to", false), ("parsed", true),
            ("unparsed", true), ("late", true),
          ],
          into: &table)
        table.element("tbody") { body in
          for source in investigation.summary.sources {
            for span in joined(source.coverage).prefix(Self.spanCountMax) {
              writeSpan(span, of: source.name, into: &body)
            }
          }
        }
      }
    }
    for line in coverageNotes { page.element("p", [("class", "note")], text: line) }
    page.newLine()
  }

  /// Spans that follow each other without a break are one.
  private func joined(_ spans: [CoverageSpan]) -> [CoverageSpan] {
    var joined: [CoverageSpan] = []
    for span in spans {
      guard let last = joined.indices.last, joined[last].end == span.start else {
        joined.append(span)
        continue
      }
      joined[last].end = span.end
      joined[last].parsed += span.parsed
      joined[last].unparsed += span.unparsed
      joined[last].late += span.late
    }
    return joined
  }

  private func writeSpan(_ span: CoverageSpan, of source: String, into body: inout Markup) {
    body.element("tr") { row in
      row.element("td", [("class", "long")], text: source)
      row.element("td", [("class", "time")], text: span.start.minuteText)
      row.element("td", [("class", "time")], text: span.end.minuteText)
      for count in [span.parsed, span.unparsed, span.late] {
        number(Quantity.count(count), into: &row)
      }
    }
    body.newLine()
  }

  private var coverageNotes: [String] {
    let summary = investigation.summary
    var lines = statistics.gaps.prefix(Self.spanCountMax).map {
      "Gap in \($0.source) from \($0.start.secondText) to \($0.end.secondText)."
    }
    let unlistedGaps = statistics.gaps.count - Self.spanCountMax
    if unlistedGaps > 0 { lines.append("\(Quantity.count(unlistedGaps, "more gap")).") }
    for source in summary.sources {
      let unlisted = joined(source.coverage).count - Self.spanCountMax
      if unlisted > 0 {
        lines.append("\(Quantity.count(unlisted, "more span")) of \(source.name).")
      }
      if source.implausible + source.stray > 0 {
        lines.append(
          "\(source.name): \(Quantity.count(source.implausible, "time stamp")) that no gateway can "
            + "have written, \(Quantity.count(source.stray)) that ran ahead of all others; left out."
        )
      }
    }
    lines += summary.refusals.map { "No room for \(Quantity.count($0.count)) \($0.what)." }
    if lines.isEmpty { lines.append("No gap was found.") }
    return lines
  }

  func writeUnparsed(into page: inout Markup) {
    guard !investigation.unparsed.isEmpty else { return }
    page.element("h2", text: "Lines that are no records")
    page.element("dl", [("class", "list")]) { list in
      for unparsed in investigation.unparsed {
        list.element("dt", text: "\(unparsed.reason): \(Quantity.count(unparsed.count))")
        list.element("dd") { item in
          for sample in unparsed.samples {
            item.element("div") { $0.element("code", text: sample) }
          }
        }
      }
    }
    page.newLine()
  }

  // MARK: - where all of it comes from

  func writeOrigin(into page: inout Markup) {
    page.element("h2", text: "How this page was made")
    page.newLine()
    let making = investigation.making
    page.element("dl", [("class", "list")]) { list in
      list.newLine()
      // What differs between two runs over the same logs has a line of its own each.
      writeFact("command", making.command.map(ShellWord.quoted).joined(separator: " "), into: &list)
      writeFact("version", "tollwatch \(making.version)", into: &list)
      writeFact("made at", "\(making.time.secondText) UTC", into: &list)
      writeFact("time zone of this page", "UTC", into: &list)
      writeFact(
        "rules", "\(Quantity.count(investigation.ruleCount)), hash \(investigation.rulesHash)",
        into: &list)
      writeFact(
        "registry", investigation.registryHash.map { "hash \($0)" } ?? "none", into: &list)
      writeFact("fingerprint key", investigation.fingerprintKeyID, into: &list)
    }
    writeInputs(into: &page)
  }

  private func writeFact(_ name: String, _ value: String, into list: inout Markup) {
    list.element("dt", text: name)
    list.element("dd") { $0.element("code", text: value) }
    list.newLine()
  }

  private func writeInputs(into page: inout Markup) {
    page.element("div", [("class", "scroll")]) { box in
      box.element("table") { table in
        writeColumns(
          [("file", false), ("source", false), ("bytes", true), ("SHA-256", false)], into: &table)
        table.element("tbody") { body in
          for input in investigation.inputs { writeRow(input, into: &body) }
        }
      }
    }
    page.newLine()
  }

  private func writeRow(_ input: Investigation.Input, into body: inout Markup) {
    body.element("tr") { row in
      row.element("td", [("class", "long")]) { cell in
        cell.write(input.path)
        if let note = input.note { cell.element("div", [("class", "note")], text: note) }
      }
      row.element("td", text: input.source)
      number(Quantity.count(input.byteCount), into: &row)
      row.element("td", [("class", "long")]) {
        $0.element("code", text: input.sha256 ?? "could not be read")
      }
    }
    body.newLine()
  }
}
