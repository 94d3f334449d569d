import AccessLog
import AlertStore
import Foundation
import Pipeline

/// A place in the log of one source: everything before it went in.
struct LogPlace: Hashable, Comparable {
  var segment: Int
  /// In the segment's decompressed bytes.
  var offset: Int64

  static func < (a: LogPlace, b: LogPlace) -> Bool {
    (a.segment, a.offset) < (b.segment, b.offset)
  }
}

/// What steered the engine beside the lines, with the places in all logs at which it did.
///
/// Between two of them it does not matter in which pieces and in which order of the sources the
/// bytes came in, so these and the bytes make the same alerts again.
struct SteeringEntry: Hashable {
  /// Its place in the journal.
  var ordinal: Int64
  var entry: JournalEntry
  /// By the name of the source; nil where everything began.
  var places: [String: LogPlace]?

  var isBeginning: Bool { places == nil }
}

extension SteeringEntry {
  private struct Body: Codable {
    var hash: String?
    /// Of a mark.
    var name: String?
    /// Segment and offset by source; none at the beginning.
    var at: [String: [Int64]]?
    var begins: Bool?
    /// Where a gap has an end, milliseconds.
    var until: Int64?
  }

  /// Nil where the row steers nothing.
  init?(_ row: JournalRow) {
    guard let ordinal = row.ordinal,
      let kind = JournalEntry.Kind(rawValue: row.kind.rawValue),
      let body = try? JSONDecoder().decode(Body.self, from: Data(row.body.utf8)),
      body.at != nil || body.begins == true
    else { return nil }
    self.ordinal = ordinal
    entry = JournalEntry(
      kind, time: row.eventTime, source: row.source,
      until: body.until.map(EventTime.init(milliseconds:)), detail: body.name ?? body.hash)
    places = body.at?.compactMapValues { place in
      place.count == 2 ? LogPlace(segment: Int(place[0]), offset: place[1]) : nil
    }
  }

  var row: JournalRow {
    let isMark = entry.kind == .mark
    let body = Body(
      hash: isMark ? nil : entry.detail, name: isMark ? entry.detail : nil,
      at: places?.mapValues { [Int64($0.segment), $0.offset] },
      begins: isBeginning ? true : nil, until: entry.until?.milliseconds)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let text = (try? encoder.encode(body)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    return JournalRow(
      ordinal: ordinal, eventTime: entry.time, kind: JournalRow.Kind(rawValue: entry.kind.rawValue),
      source: entry.source, body: text)
  }
}
