import AccessLog
import AlertStore
import Detection
import Sinks

/// Brings alerts to standard output and into the database.
///
/// What the database has was printed before, so a revision that it has is not printed again: after
/// a death only those are repeated that were printed and not yet committed.
struct AlertCommitter {
  /// Alerts of events before it are recorded and not printed.
  var printsFrom = EventTime(milliseconds: .min)
  private let store: AlertStore
  /// Nil once nobody reads it any more.
  private var output: StandardOutput?
  private var waiting: [Alert] = []
  /// Of ``waiting``, those that need not be printed any more.
  private var printedCount = 0
  private(set) var committedCount = 0

  init(_ store: AlertStore, _ output: StandardOutput) {
    self.store = store
    self.output = output
  }

  var hasWaiting: Bool { !waiting.isEmpty }

  /// Alerts wait of which nobody heard yet.
  var hasUntold: Bool { printedCount < waiting.count }

  mutating func take(_ alerts: [Alert]) { waiting += alerts }

  /// Prints what is new and writes it with the rest of `batch` in one transaction. After a fault it
  /// may be called again, and prints nothing twice.
  mutating func commit(_ batch: StoreBatch = StoreBatch()) throws(StoreFault) {
    let new = try store.unknown(Array(waiting[printedCount...]))
    write(new.filter { $0.detectedAt >= printsFrom })
    printedCount = waiting.count
    var batch = batch
    batch.alerts = waiting
    try store.write(batch)
    committedCount += new.count
    waiting = []
    printedCount = 0
  }

  private mutating func write(_ alerts: [Alert]) {
    guard !alerts.isEmpty else { return }
    do throws(SinkFault) {
      try output?.deliver(alerts)
      try output?.flush()
    } catch {
      // The database is what counts; a reader who went away must not stop the watch.
      StandardError.writeLine("standard output: \(error.description)")
      output = nil
    }
  }
}
