/// How far the event time of one source has come, and which of its stamps to believe.
///
/// A record is late by this clock alone, never by another source's. A jump of more than ten
/// minutes is held back until enough records agree with it, so that one stamp of 2099 closes no
/// windows; a jump of a month needs more of them.
package struct SourceClock: Sendable {
  /// A record of the source that waits for others to agree with its time.
  struct Held: Hashable, Sendable {
    var time: Int64
    var batch: Int
    var index: Int
  }

  enum Admission: Hashable, Sendable {
    case admitted
    /// Older than the clock by more than the allowed lateness.
    case late
    /// Outside of what a gateway can have written.
    case implausible
    /// Kept until it is clear whether the clock jumped; ``released`` may have some for now.
    case held
  }

  static let jumpMilliseconds: Int64 = 600_000
  static let longJumpMilliseconds: Int64 = 31 * 86_400_000
  /// Records that must agree before a jump is believed.
  static let votesMin = 3
  static let votesForLongJumpMin = 16
  /// Records at the old time that disprove a stamp that ran ahead.
  static let contraryVotesMax = 8
  /// So many are held at most; whatever they say, the earliest is then believed.
  static let heldCountMax = 64
  /// 1995: no HTTP log is older. 2090: no log is from there yet.
  package static let plausible: Range<Int64> = 788_918_400_000..<3_786_912_000_000

  var time: Int64?
  private let latenessMilliseconds: Int64
  var held: [Held] = []
  /// For each held record, how many came at the old time after it.
  var contraryVotes: [Int] = []
  var lateCount = 0
  var implausibleCount = 0
  /// Stamps that ran ahead and found no agreement.
  var strayCount = 0

  init(latenessMilliseconds: Int64) {
    precondition(latenessMilliseconds >= 0)
    self.latenessMilliseconds = latenessMilliseconds
  }

  /// No record that is still admitted can be older than this.
  var watermark: Int64? { time.map { $0 - latenessMilliseconds } }

  /// The usual case, kept short: true moves the clock and admits.
  @inline(__always)
  mutating func admitsAtOnce(_ stamp: Int64) -> Bool {
    guard let clock = time, held.isEmpty, stamp >= clock - latenessMilliseconds,
      stamp <= clock + Self.jumpMilliseconds
    else { return false }
    if stamp > clock { time = stamp }
    return true
  }

  /// Decides about one record. Records that become admitted with it go to `released`, in the
  /// order in which they came; it is among them unless it is late, implausible or held.
  mutating func admit(_ record: Held, released: inout [Held]) -> Admission {
    guard Self.plausible.contains(record.time) else {
      implausibleCount += 1
      return .implausible
    }
    guard let clock = time else { return holdFirst(record, released: &released) }
    if record.time < clock - latenessMilliseconds {
      lateCount += 1
      return .late
    }
    guard record.time > clock + Self.jumpMilliseconds else {
      if record.time > clock { time = record.time }
      released.append(record)
      objectToHeld()
      return .admitted
    }
    hold(record)
    if isJumpAgreed(after: clock) { believeHeld(released: &released) }
    return .held
  }

  /// Time went on without a record of the source.
  mutating func advance(to stamp: Int64) { time = max(time ?? stamp, stamp) }

  /// The source ended: what is held is believed, but a long jump only where at least two records
  /// agree and none spoke against it.
  mutating func finish(released: inout [Held]) {
    let isUncontested = contraryVotes.allSatisfy { $0 == 0 }
    var isLongBelieved = false
    while !held.isEmpty {
      if let clock = time, earliestHeld - clock > Self.longJumpMilliseconds {
        guard isLongBelieved || (isUncontested && held.count > 1) else {
          strayCount += held.count
          held.removeAll()
          contraryVotes.removeAll()
          return
        }
        isLongBelieved = true
      }
      believeHeld(released: &released)
    }
  }

  private var earliestHeld: Int64 { held.map(\.time).min() ?? 0 }

  private mutating func hold(_ record: Held) {
    held.append(record)
    contraryVotes.append(0)
  }

  /// Votes for the earliest held stamp are those that came since the first record near it. Each
  /// that came at the old time since then outweighs one, or strays that agree with nobody would
  /// add up to a jump.
  private func isJumpAgreed(after clock: Int64) -> Bool {
    let earliest = earliestHeld
    let first = held.firstIndex { $0.time <= earliest + Self.jumpMilliseconds } ?? 0
    let isLong = earliest - clock > Self.longJumpMilliseconds
    let needed = isLong ? Self.votesForLongJumpMin : Self.votesMin
    return held.count - first >= needed + contraryVotes[first] || held.count >= Self.heldCountMax
  }

  private mutating func objectToHeld() {
    guard !held.isEmpty else { return }
    for index in contraryVotes.indices { contraryVotes[index] += 1 }
    // The first have the most votes against them.
    while let votes = contraryVotes.first, votes >= Self.contraryVotesMax {
      strayCount += 1
      held.removeFirst()
      contraryVotes.removeFirst()
    }
  }

  private mutating func holdFirst(_ record: Held, released: inout [Held]) -> Admission {
    hold(record)
    if held.count >= Self.votesMin { believeHeld(released: &released) }
    return .held
  }

  /// Sets the clock to the earliest held stamp and judges the held records anew. At a source's
  /// start a single stamp that is more than a month before two that agree is not believed.
  private mutating func believeHeld(released: inout [Held]) {
    let waiting = held
    let sorted = waiting.map(\.time).sorted()
    held.removeAll(keepingCapacity: true)
    contraryVotes.removeAll(keepingCapacity: true)
    let isStray =
      time == nil && sorted.count > 2 && sorted[1] - sorted[0] > Self.longJumpMilliseconds
      && sorted[2] - sorted[1] <= Self.longJumpMilliseconds
    time = isStray ? sorted[1] : sorted[0]
    for record in waiting { readmit(record, released: &released) }
  }

  private mutating func readmit(_ record: Held, released: inout [Held]) {
    guard let clock = time else { return }
    if record.time < clock - latenessMilliseconds {
      lateCount += 1
    } else if record.time > clock + Self.jumpMilliseconds {
      hold(record)
    } else {
      time = max(clock, record.time)
      released.append(record)
    }
  }
}
