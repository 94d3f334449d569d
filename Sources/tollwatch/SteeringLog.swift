import AlertStore
import Pipeline

/// The journal of a service under way: what is not in the database yet, and after a death what is
/// there already and has to be met again, at the same places.
struct SteeringLog {
  /// What the engine has seen, as a place in the journal.
  private(set) var lastOrdinal: Int64 = 0
  /// Read from the database: to be applied where the logs have been read so far again.
  private(set) var pending: [SteeringEntry] = []
  private var unwritten: [JournalRow] = []
  /// The last entry, as long as it may be replaced.
  private var last: SteeringEntry?

  init() {}

  /// Goes on behind `ordinal`; `rows` are those that the database has behind it.
  init(behind ordinal: Int64, rows: [JournalRow]) {
    pending = rows.compactMap(SteeringEntry.init)
    lastOrdinal = max(ordinal, rows.compactMap(\.ordinal).max() ?? 0)
  }

  /// Entries were found that are not met yet.
  var isRecovering: Bool { !pending.isEmpty }

  /// The first pending one was applied.
  mutating func passPending() { pending.removeFirst() }

  /// Notes what steers from here on. Of ticks at the same places only the last one counts, so that
  /// a quiet night is one row.
  mutating func add(_ entry: JournalEntry, at places: [String: LogPlace]?) {
    precondition(pending.isEmpty, "the journal goes on where it ended")
    if entry.kind == .tick, let last, last.entry.kind == .tick, last.places == places {
      let next = SteeringEntry(ordinal: last.ordinal, entry: entry, places: places)
      unwritten.removeAll { $0.ordinal == last.ordinal }
      unwritten.append(next.row)
      self.last = next
      return
    }
    lastOrdinal += 1
    let next = SteeringEntry(ordinal: lastOrdinal, entry: entry, places: places)
    unwritten.append(next.row)
    last = next
  }

  /// Notes what is worth knowing and steers nothing.
  mutating func add(_ rows: [JournalRow]) {
    for var row in rows {
      lastOrdinal += 1
      row.ordinal = lastOrdinal
      unwritten.append(row)
    }
  }

  /// A state was taken that holds the last entry: it stays what it is.
  mutating func seal() { last = nil }

  /// What must be in the database before anything that follows from it.
  var rows: [JournalRow] { unwritten }

  /// They are.
  mutating func noteWritten() { unwritten = [] }
}
