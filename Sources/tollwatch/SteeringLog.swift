import AlertStore
import Pipeline

/// The journal of a service under way: what is not in the database yet, and after a death what is
/// there already and has to be met again, at the same places.
struct SteeringLog {
  /// What the engine has seen, as a place in the journal.
  private(set) var lastOrdinal: Int64 = 0
  /// Read from the database: to be applied where the logs have been read so far again.
  private(set) var pending: [SteeringEntry] = []
  /// How far the process before had read when it told alerts last. Nothing may steer before that
  /// again, or the same bytes would be judged otherwise than they were.
  private(set) var reach: [String: LogPlace]?
  private var unwritten: [JournalRow] = []
  /// The last entry, as long as it may be replaced.
  private var last: SteeringEntry?

  init() {}

  /// Goes on behind `ordinal`; `rows` are those that the database has behind it.
  init(behind ordinal: Int64, rows: [JournalRow], reach: ToldReach? = nil) {
    pending = rows.compactMap(SteeringEntry.init)
    self.reach = reach?.places
    lastOrdinal = max(ordinal, rows.compactMap(\.ordinal).max() ?? 0)
  }

  /// Entries were found that are not met yet, or alerts were told of what is not read yet.
  var isRecovering: Bool { !pending.isEmpty || reach != nil }

  /// The first pending one was applied.
  mutating func passPending() { pending.removeFirst() }

  /// All was read again of which alerts were told.
  mutating func passReach() { reach = nil }

  /// Notes what steers from here on. Of ticks at the same places only the last one counts, so that
  /// a quiet night is one row.
  mutating func add(_ entry: JournalEntry, at places: [String: LogPlace]?) {
    precondition(!isRecovering, "the journal goes on where it ended")
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

  /// The rows of a journal behind `ordinal`, as they are where `configuration` holds from there on
  /// instead of what held then: its alerts were told, so all that steered them steers again. Nil
  /// where they are so already.
  static func rows(
    _ rows: [JournalRow], behind ordinal: Int64, under configuration: JournalEntry,
    at places: [String: LogPlace]
  ) -> [JournalRow]? {
    let isChange = { (row: JournalRow) in row.kind == .configuration }
    if let first = rows.first.flatMap(SteeringEntry.init), isChange(rows[0]),
      first.entry.detail == configuration.detail
    {
      return nil
    }
    let change = SteeringEntry(ordinal: ordinal + 1, entry: configuration, places: places)
    return [change.row]
      + rows.drop(while: isChange).enumerated().map { number, row in
        var row = row
        row.ordinal = ordinal + 2 + Int64(number)
        return row
      }
  }

  /// What must be in the database before anything that follows from it.
  var rows: [JournalRow] { unwritten }

  /// They are.
  mutating func noteWritten() { unwritten = [] }
}
