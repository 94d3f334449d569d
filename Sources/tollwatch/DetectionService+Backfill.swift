import AlertStore
import Detection
import Pipeline

// Archives that come after what is newer was read.
extension DetectionService {
  /// Those that are not judged yet, of this process and of those before it.
  mutating func findLateLogs() throws(StoreFault) {
    backfill = nil
    lateLogs = []
    for row in try store.journal(of: [.late, .backfill]) {
      guard let entry = SteeringEntry(row)?.entry, let log = LateLog(entry) else { continue }
      lateLogs.removeAll { $0 == log }
      if entry.kind == .late { lateLogs.append(log) }
    }
  }

  /// Once the journal may go on, it has the archives that came.
  mutating func noteLateLogs() {
    guard !isCatchingUp else { return }
    for log in newLateLogs where !lateLogs.contains(log) {
      steering.add(log.entry(.late), at: places)
      lateLogs.append(log)
      StandardError.writeLine(
        "\(log.source): an archive came late and is judged by itself, as '\(log.name)'")
    }
    newLateLogs = []
  }

  /// Reads a chunk of a late log where nothing else is to be read; false where there is none.
  mutating func advanceBackfill() throws -> Bool {
    guard !isCatchingUp else { return false }
    if backfill == nil { beginBackfill() }
    guard backfill != nil else { return false }
    backfill?.advance()
    let isOver = backfill?.isOver ?? true
    if isOver || backfill?.waitingUsageCount ?? 0 >= StoredUsage.waitingCountMax {
      try writeUsageOfBackfill()
    }
    if isOver { try endBackfill() }
    return true
  }

  private mutating func beginBackfill() {
    while let log = lateLogs.first {
      backfill = Backfill(log, plan, countsUsage: true)
      guard backfill == nil else { return }
      // It is asked for again when the service starts.
      lateLogs.removeFirst()
      StandardError.writeLine("\(log.name): is not to be found")
    }
  }

  private mutating func writeUsageOfBackfill() throws {
    guard let usage = backfill?.takeUsage(), !usage.harvest.isEmpty else { return }
    let writer = UsageWriter(store, hash: plan.fingerprints.tableHash)
    var harvest = usage.harvest
    try persist { _ throws(StoreFault) in
      defer { harvest.newSeries = [] }
      try writer.write(harvest) { _ in usage.file }
    }
  }

  /// That it was judged is in the journal before its alerts are told; a death between the two
  /// lets it be judged again.
  private mutating func endBackfill() throws {
    guard let done = backfill.take() else { return }
    for note in done.notes { StandardError.writeLine(note) }
    let isAgain = repeatedLogs.remove(done.log) != nil
    if !isAgain { steering.add(done.log.entry(.backfill), at: places) }
    lateLogs.removeAll { $0 == done.log }
    backfilledLineCount += done.lineCount
    committer.take(done.alerts)
    StandardError.writeLine(
      "\(done.log.name): \(done.lineCount) lines, \(done.alerts.count) revisions of alerts"
        + (done.refusedCount > 0 ? ", \(done.refusedCount) found no room" : ""))
    try commit(StoreBatch(coverage: done.coverage))
  }
}
