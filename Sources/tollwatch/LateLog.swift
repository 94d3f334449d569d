import AccessLog
import Detection
import Ingest
import Pipeline

/// An archive that came after what is newer had been read: from a host that was offline, say.
struct LateLog: Hashable {
  let source: String
  let fingerprint: Fingerprint
  /// The first time stamp in it.
  let firstTime: EventTime

  init(source: String, _ position: TailPosition) {
    self.source = source
    fingerprint = position.fingerprint
    firstTime = EventTime(milliseconds: position.firstTime ?? 0)
  }

  /// As the journal has it; nil where that tells of something else.
  init?(_ entry: JournalEntry) {
    let words = entry.detail?.split(separator: ":") ?? []
    guard let source = entry.source, [.late, .backfill].contains(entry.kind), words.count == 2,
      let hash = UInt64(words[0], radix: 16), let byteCount = Int(words[1])
    else { return nil }
    self.source = source
    fingerprint = Fingerprint(hash: hash, byteCount: byteCount)
    firstTime = entry.time
  }

  func entry(_ kind: JournalEntry.Kind) -> JournalEntry {
    JournalEntry(kind, time: firstTime, source: source, detail: detail)
  }

  private var detail: String { String(fingerprint.hash, radix: 16) + ":\(fingerprint.byteCount)" }

  /// What its evidence and its coverage go by, and with it its alerts.
  var name: String { "\(source) late from \(firstTime.rfc3339) \(detail.prefix(6))" }

  /// The file that holds it by now, among those of its source.
  func file(in paths: [String]) -> Segment? {
    let position = TailPosition(fingerprint: fingerprint)
    return LogFiles(paths).segments.first { segment in
      guard !segment.isStream,
        let head = try? segment.head(byteCountMax: SegmentOrder.headBytesMax)
      else { return false }
      return position.fits(head: head)
    }
  }
}
