public import AccessLog

/// A fact besides the bytes of the logs that the alerts depend on, with the event time from
/// which it holds.
public struct JournalEntry: Hashable, Sendable {
  public enum Kind: String, Sendable {
    case configuration, rules, registry, gap, excluded, rejoined, tick
    /// Something was done that rules look back to; its name is the detail.
    case mark
    /// An archive came too late for its place; later it was judged by itself.
    case late, backfill
  }

  public var kind: Kind
  public var time: EventTime
  public var source: String?
  /// Where the fact has an end: that of a gap.
  public var until: EventTime?
  /// The hash of configuration, rules, registry or archive; the name of a mark.
  public var detail: String?

  public init(
    _ kind: Kind, time: EventTime, source: String? = nil, until: EventTime? = nil,
    detail: String? = nil
  ) {
    self.kind = kind
    self.time = time
    self.source = source
    self.until = until
    self.detail = detail
  }
}
