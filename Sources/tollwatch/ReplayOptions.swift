import AccessLog
import Detection

/// What a run over historical logs is told, whichever command asks for it: `replay` for its
/// alerts, others for an answer of their own.
struct ReplayOptions {
  /// The configuration file; `nil` for none.
  var config: String?
  var registry: [String] = []
  /// Without it no registry is read, not even the configuration's.
  var usesRegistry = true
  /// Rule files and folders besides the shipped ones.
  var rules: [String] = []
  /// A format or preset; fitted to the first lines where it and `logFormat` are nil.
  var format: String?
  var logFormat: String?
  /// Fields that name the caller, in their order.
  var identity: [String] = []
  /// What was done meanwhile, for rules that look back to it.
  var marks: [Mark] = []
  /// Files, globs, folders, or `-`.
  var logs: [String] = []
  /// The SQLite database to write.
  var db: String?
  /// The HTML page to write at the end.
  var report: String?
  /// `nil` is text at a terminal, else JSON.
  var output: OutputForm?
  var from: EventTime?
  var to: EventTime?
  var detectFrom: EventTime?
  var threads: Int?
  var fingerprintKey: String?
  /// Columns that the caller looks at, besides those that the rules ask for.
  var columns: RecordColumns = []
}
