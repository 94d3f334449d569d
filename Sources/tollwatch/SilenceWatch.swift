/// When event time goes on although somebody, or everybody, says nothing: decided by what is known
/// of the sources alone. Times are milliseconds; `spokeAt` and `now` are of a clock that does not
/// jump, `clock` is event time.
struct SilenceWatch {
  struct Source {
    var clock: Int64?
    var isExcluded = false
    var spokeAt: Int64
    /// Looks at its files since then that found nothing.
    var idleLookCount: Int
    var silenceMilliseconds: Int64
    var hasWaitingSegments = false
  }

  /// A process that was stopped for a while has seen nothing in it: so many looks must agree.
  static let idleLookCountMin = 5
  /// Writers hold lines back for a moment; nobody is quiet before this.
  static let quietMilliseconds: Int64 = 1_000
  /// Where nothing waits to be judged, time goes on in larger steps.
  static let restMilliseconds: Int64 = 60_000

  var sources: [Source]

  /// The latest event time of those that are not left behind.
  func latestTime(besides other: Int? = nil) -> Int64? {
    sources.indices.filter { $0 != other && !sources[$0].isExcluded }
      .compactMap { sources[$0].clock }.max()
  }

  /// The next source to leave behind, and its own time: it has been silent, and another one went
  /// far ahead.
  func silent(at now: Int64) -> (index: Int, time: Int64)? {
    for index in sources.indices {
      let source = sources[index]
      guard !source.isExcluded, now - source.spokeAt >= source.silenceMilliseconds,
        source.idleLookCount >= Self.idleLookCountMin, let ahead = latestTime(besides: index)
      else { continue }
      guard let own = source.clock else { return (index, ahead) }
      if ahead - own >= source.silenceMilliseconds { return (index, own) }
    }
    return nil
  }

  /// Since when nobody has spoken, where that is longer than any source may be silent: no customer
  /// does that, but a gateway, a disk or a mount.
  func allSilentSince(at now: Int64) -> Int64? {
    guard let spokeAt = sources.map(\.spokeAt).max(),
      let silence = sources.map(\.silenceMilliseconds).max(), now - spokeAt >= silence,
      sources.allSatisfy({ $0.idleLookCount >= Self.idleLookCountMin && !$0.hasWaitingSegments })
    else { return nil }
    return spokeAt
  }

  /// The event time that it must be by now, where nobody speaks and all was read; `tickedAt` is
  /// when time went on last. `downtime` is what passed before anybody could look: it is added once
  /// nobody is waited for any more, because a source that is there late after a start has lines of
  /// it.
  func quietTime(
    at now: Int64, tickedAt: Int64, hasWaitingRecords: Bool, downtime: Int64 = 0
  ) -> Int64? {
    let interval = hasWaitingRecords ? Self.quietMilliseconds : Self.restMilliseconds
    guard let spokeAt = sources.map(\.spokeAt).max(), let latest = latestTime(),
      now - spokeAt >= Self.quietMilliseconds, now - tickedAt >= interval,
      !sources.contains(where: \.hasWaitingSegments)
    else { return nil }
    return latest + now - max(spokeAt, tickedAt) + (isSilent(at: now) ? downtime : 0)
  }

  /// Nobody has spoken for longer than any source may be silent.
  func isSilent(at now: Int64) -> Bool { allSilentSince(at: now) != nil }
}
