/// The parts of a snapshot, each with a version of its own.
///
/// Those of what was learnt are worth more than any cache: they are migrated from every release.
/// Those of what is under way hold for the same rules, registry and sources.
package enum SnapshotSection: String, CaseIterable, Sendable {
  // What was learnt.
  /// Rules, registry and sources, and which monitors there are.
  case head
  /// Callers, without their secrets.
  case keys
  /// Routes, versions and networks.
  case name
  /// Pairs of what has a name.
  case pair
  /// Series and the hours that they are in.
  case sers
  /// What series usually count.
  case base
  /// The same by the hour of day and week.
  case seas
  /// Counts of the last windows of series.
  case wind
  /// Habits of precursors.
  case habt

  // What is under way.
  /// Sources, clocks, gaps, statistics, the journal.
  case flow
  /// Minutes that were analysed.
  case cove
  /// Usage by the hour.
  case usag
  /// Limits of series, and who is looked at.
  case wtch
  /// Keys against their tiers.
  case tier
  /// Counts against limits.
  case tall
  /// Events that precursors look back to.
  case ring
  /// Episodes and deadlines.
  case epis
  case whel
  /// Lines that wait: the only section that holds text as the log had it, secrets too.
  case line

  /// The head of version 1 names no tallies, and that of version 2 knows no pairs; episodes of version 1 have no members; tallies of
  /// version 1 were of one rule each; the flow of version 1 has no marks.
  package var version: Int {
    switch self {
    case .head: 3
    case .epis, .tall, .flow: 2
    default: 1
    }
  }

  package var holdsLogText: Bool { self == .line }
}
