import AccessLog
import AlertStore
import Detection
import Terminal

/// Usage by one dimension, the most requests first.
struct UsageSums {
  private let dimension: UsageQuery.Dimension
  private let countMax: Int?

  init(by dimension: UsageQuery.Dimension, limit: Int) {
    self.dimension = dimension
    countMax = limit == 0 ? nil : limit
  }

  func answer(_ query: UsageQuery, _ reader: AlertReader) throws -> UsageAnswer {
    var answer = UsageAnswer(nameColumns + Self.countColumns)
    guard let whole = try reader.totalUsage(query) else { return answer }
    var query = query
    // One more tells whether there are more.
    query.countMax = countMax.map { $0 + 1 }
    let totals = try reader.usage(by: dimension, query)
    let shown = totals.prefix(countMax ?? .max)
    answer.rows = shown.map { total in
      total.names.map { .text($0) } + Self.values(of: total.counts)
    }
    let requests = whole.counts.requests
    var note = Quantity.count(requests, "request")
    if shown.count < totals.count {
      let seen = shown.reduce(0) { $0 + $1.counts.requests }
      note += "; the rows hold \(Quantity.share(seen, of: requests)) of them, --limit 0 lists all"
    }
    answer.notes = [note]
    return answer
  }

  private var nameColumns: [UsageAnswer.Column] {
    dimension.columns.enumerated().map { index, name in
      let column = UsageAnswer.Column.text(name == "key" ? "consumer" : name)
      return index == 0 ? column : column.whereKnown
    }
  }

  static let countColumns: [UsageAnswer.Column] = [
    .number("requests"), .number("client_errors"), .number("server_errors"),
    .number("error_share"), .number("throttled"), .number("bytes_in").whereKnown,
    .number("bytes_out").whereKnown,
    .text("last_call"),
  ]

  static func values(of counts: UsageCounts) -> [UsageAnswer.Value] {
    [
      .count(Int64(counts.requests)), .count(Int64(counts.clientErrors)),
      .count(Int64(counts.serverErrors)), .share(counts.errorShare),
      .count(Int64(counts.throttled)), .bytes(counts.bytesIn), .bytes(counts.bytesOut),
      .time(EventTime(milliseconds: counts.last).rfc3339),
    ]
  }
}

extension UsageCounts {
  /// Of all requests those that failed, by whosever fault.
  var errorShare: Double { share(clientErrors + serverErrors) }

  func share(_ part: Int) -> Double {
    requests > 0 ? Double(part) / Double(requests) : 0
  }
}
