import AccessLog
import AlertStore
import Detection
import Terminal

/// Suppliers side by side: a measure a row, a supplier a column.
struct UsageComparison {
  private let suppliers: [String]

  init(suppliers: [String]) {
    self.suppliers = suppliers.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }

  func answer(
    _ query: UsageQuery, _ frame: UsageFrame, _ reader: AlertReader
  ) throws -> UsageAnswer {
    var totals: [UsageTotal?] = []
    for supplier in suppliers {
      var query = query
      query.suppliers = [supplier]
      totals.append(try reader.totalUsage(query))
    }
    var answer = UsageAnswer([.text("measure")] + suppliers.map { .number($0) })
    for (supplier, total) in zip(suppliers, totals) where total == nil {
      answer.notes.append(
        "\(supplier) has no usage in this time; the registry may call it otherwise")
    }
    guard totals.contains(where: { $0 != nil }) else { return answer }
    answer.rows = Self.measures.map { name, value in
      [.text(name)] + totals.map { $0.map { value($0, frame) } ?? .absent }
    }
    // A size that no supplier has any of is not logged.
    answer.rows = answer.rows.map { row in
      let isUnknown = row.dropFirst().allSatisfy { $0 == .bytes(0) || $0 == .absent }
      return isUnknown ? [row[0]] + row.dropFirst().map { _ in .absent } : row
    }
    return answer
  }

  private typealias Measure = (String, @Sendable (UsageTotal, UsageFrame) -> UsageAnswer.Value)

  private static let measures: [Measure] = [
    ("requests", { total, _ in .count(Int64(total.counts.requests)) }),
    ("requests_a_day", { total, frame in .decimal(frame.daily(total.counts.requests)) }),
    ("error_share", { total, _ in .share(total.counts.errorShare) }),
    ("client_error_share", { total, _ in .share(total.counts.share(total.counts.clientErrors)) }),
    ("server_error_share", { total, _ in .share(total.counts.share(total.counts.serverErrors)) }),
    ("throttled_share", { total, _ in .share(total.counts.share(total.counts.throttled)) }),
    ("bytes_in", { total, _ in .bytes(total.counts.bytesIn) }),
    ("bytes_out", { total, _ in .bytes(total.counts.bytesOut) }),
    ("consumers", { total, _ in .count(Int64(total.consumerCount)) }),
    ("routes", { total, _ in .count(Int64(total.routeCount)) }),
    ("networks", { total, _ in .count(Int64(total.networkCount)) }),
    ("last_call", { total, _ in .time(EventTime(milliseconds: total.counts.last).rfc3339) }),
  ]
}
