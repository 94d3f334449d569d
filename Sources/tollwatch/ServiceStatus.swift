import AlertStore
import Detection
import Foundation
import Glibc
import Ingest

/// What a service says of itself: kept in the database, shown by `tollwatch status`.
struct ServiceStatus: Codable, Hashable {
  struct Source: Codable, Hashable {
    var name: String
    /// The file that is being read.
    var path: String?
    /// Segments that were read, and decompressed bytes of the next one.
    var segment: Int?
    var offset: Int64?
    /// What was told last of its files.
    var problem: String?
    /// Bytes of it, as they are on disk, that were not read yet.
    var lagBytes: Int64
    var waitingSegments: Int
    var eventTime: String?
    /// Event time does not wait for it, because it is silent.
    var isExcluded: Bool
    /// Where it listens.
    var received: Received?
  }

  /// What gateways sent by themselves, since the start.
  struct Received: Codable, Hashable {
    var messages: Int
    /// Longer than a message may be.
    var dropped: Int
    var refusedConnections: Int
    /// Bytes that went to make room, read or not.
    var removedBytes: Int64
    /// The disk takes no more.
    var isBlocked: Bool

    init(_ counts: LineListener.Counts) {
      messages = counts.messages
      dropped = counts.dropped
      refusedConnections = counts.refusedConnections
      removedBytes = counts.removedBytes
      isBlocked = counts.isBlocked
    }
  }

  static let key = "status"
  static let stopped = "stopped"
  static let dead = "not running, and did not stop by itself"

  var version = Tollwatch.version
  var processID = Int(getpid())
  var startedAt: String
  var updatedAt: String
  var state: String
  var sources: [Source] = []
  var lines = 0
  var records = 0
  var unparsed = 0
  /// Of the lines, as a fraction of one.
  var unparsedShare: Double?
  var keys: Int?
  var series: Int?
  /// Rules that judge nothing yet, with what they wait for.
  var waitingRules: [String: String]?
  /// What found no room, by what it is.
  var refused: [String: Int]?
  /// When the database was written last.
  var committedAt: String?
  /// Rows of usage that went to make room.
  var usageRowsDropped: Int?
  var late = 0
  /// Lines of archives that came late and were judged by themselves, since the start.
  var backfilled = 0
  /// Such archives that wait.
  var waitingBackfills = 0
  var rules = 0
  var alertRevisions = 0
  var checkpoints = 0
  /// The last thing that went wrong.
  var problem: String?
  /// Since when no source has brought a line, where that is longer than any may be silent.
  var silentSince: String?

  var json: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
  }

  init(startedAt: String, updatedAt: String, state: String) {
    self.startedAt = startedAt
    self.updatedAt = updatedAt
    self.state = state
  }

  init(json: String) throws {
    self = try JSONDecoder().decode(ServiceStatus.self, from: Data(json.utf8))
  }

  /// It was written by a process that is there no more, and did not say that it stops.
  var isOfTheDead: Bool {
    state != Self.stopped && kill(pid_t(truncatingIfNeeded: processID), 0) != 0 && errno == ESRCH
  }

  /// What the engine counted.
  mutating func take(_ statistics: EngineStatistics, _ summary: EngineSummary) {
    lines = statistics.lineCount
    records = statistics.recordCount
    unparsed = statistics.malformedCount
    unparsedShare = lines > 0 ? Double(unparsed) / Double(lines) : nil
    keys = summary.keyCount
    series = summary.seriesCount
    waitingRules = Dictionary(
      summary.sleepingRules.map { ($0.id, $0.reason) }, uniquingKeysWith: { first, _ in first })
    refused = Dictionary(
      summary.refusals.map { ($0.what, $0.count) }, uniquingKeysWith: { first, _ in first })
    late = summary.sources.reduce(0) { $0 + $1.late }
  }

  /// One line for the service manager.
  var line: String {
    let times = sources.compactMap(\.eventTime)
    let lag = sources.reduce(0) { $0 + $1.lagBytes }
    var text = "\(state); \(lines) lines, \(alertRevisions) revisions of alerts"
    if let time = times.min() { text += ", event time \(time)" }
    if lag > 0 { text += ", \(lag) bytes to read" }
    let waiting = sources.reduce(0) { $0 + $1.waitingSegments }
    if waiting > 0 { text += ", \(waiting) more logs to read" }
    if let silentSince { text += "; no traffic on any source since \(silentSince)" }
    return text + (problem.map { "; \($0)" } ?? "")
  }
}
