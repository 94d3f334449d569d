import AccessLog

/// A rule's trouble with one entity, from its first sign to its quiet end, and the revisions of
/// it that are worth telling.
struct AlertEpisode: Sendable {
  var alert: Alert
  /// End of the last span that was in trouble.
  var lastTrouble: Int64
  /// The worst so far, and what the last revision said and when, to tell growth from repetition.
  var extent: Double
  var toldExtent: Double
  var toldAt: Int64
  /// False while all of it was detected before the time from which alerts are wanted: then it
  /// is followed, so that what is learnt and told later is the same, and kept to oneself.
  var isTold: Bool
  /// Of a rule that groups: who is in it, in the order in which they came; `alert` is about what
  /// they belong to.
  var members: [Entity] = []
  /// Those that found no room among them.
  var moreMemberCount = 0
  /// How many there were when the last revision was made.
  var toldMemberCount = 0

  var memberCount: Int { members.count + moreMemberCount }

  /// Trouble that did not last as long as its rule asks for: nobody heard of it.
  func isPending(_ policy: EpisodePolicy) -> Bool {
    !isTold && lastTrouble < alert.detectedAt.milliseconds + policy.forMilliseconds
  }

  /// The alert as it is told, with how many it is about.
  var told: Alert {
    guard let first = members.first, memberCount > 1 else { return alert }
    var told = alert
    told.reason = "\(Wording.plural(Int64(memberCount), first.type)); the worst: \(alert.reason)"
    return told
  }
}

/// A rule and the entity that it judges.
struct EpisodeKey: Hashable, Sendable {
  var rule: Int
  var entity: Entity
}

/// What a series is about: a type and a dense index of that type.
struct Entity: Hashable, Sendable {
  var type: EntityType
  var index: UInt32

  static let all = Entity(type: .global, index: 0)
}

/// What a detector found in one span of time.
struct Verdict {
  var rule: Int
  var entity: Entity
  /// Milliseconds.
  var startedAt: Int64
  var detectedAt: Int64
  var kind: String
  var observed: Double
  var expectedLow: Double?
  var expectedMid: Double?
  var expectedHigh: Double?
  var unit: String
  var score: Double
  var sampleSize: Int
  var isLearning: Bool
  var reason: String
  /// How long it must be quiet before the episode is over, milliseconds.
  var resolveAfter: Int64
  var picture: AlertPicture?

  /// How much there is of the trouble: what came, or what is missing.
  var extent: Double {
    if kind == Drop.kind { return max(0, (expectedMid ?? 0) - observed) }
    // Where there is no upper limit, it is the lower one that is not reached.
    if let expectedLow, expectedHigh == nil { return max(0, expectedLow - observed) }
    return observed
  }

  var isOfTooLittle: Bool { kind == Drop.kind || (expectedLow != nil && expectedHigh == nil) }
}

/// All open episodes, and the revisions that wait to be handed out.
///
/// Revisions leave in the order (`revisedAt`, id, revision).
struct EpisodeTable: Sendable {
  /// Open episodes at a time; a rule that would open more is counted, not followed.
  static let openCountMax = 100_000
  static let evidenceCountMax = 10
  /// Members of a group that are kept apart; more are counted each time that they are reported.
  static let memberCountMax = 10_000
  /// An episode is told again when what it observed has grown by this factor, and not sooner
  /// than this after the last time. Its last revision always has the worst that was seen.
  private static let growthFactor = 2.0
  private static let toldIntervalMilliseconds: Int64 = 60_000
  /// Ends of past episodes that are remembered, so that no later one begins within them.
  static let endCountMax = 100_000

  private let idVersion = "1"
  private let idHash = SipHash(key0: 0x746f_6c6c_7761_7463, key1: 0x6826_616c_6572_7431)
  /// Nothing is told that was detected before.
  var detectFrom: Int64 = .min
  /// What is judged is a part of the past of this name.
  var backfill: String?
  var open: [EpisodeKey: Int] = [:]
  var episodes: [AlertEpisode?] = []
  var keys: [EpisodeKey] = []
  var free: [Int] = []
  var pending: [Alert] = []
  var ends: PastEnds
  private let openCountMax: Int
  var refusedCount = 0

  init(openCountMax: Int = Self.openCountMax, endCountMax: Int = Self.endCountMax) {
    self.openCountMax = openCountMax
    ends = PastEnds(countMax: endCountMax)
  }

  func isOpen(_ key: EpisodeKey) -> Bool { open[key] != nil }

  /// Whether the episode of `key` is one that people hear of.
  func hasAlert(_ key: EpisodeKey, _ policy: EpisodePolicy) -> Bool {
    guard let slot = open[key], let episode = episodes[slot] else { return false }
    return !episode.isPending(policy)
  }

  func needsEvidence(_ key: EpisodeKey) -> Bool {
    guard let slot = open[key], let episode = episodes[slot] else { return false }
    return episode.alert.evidence.count < Self.evidenceCountMax
  }

  mutating func addEvidence(_ line: EvidenceLine, to key: EpisodeKey) {
    guard let slot = open[key], needsEvidence(key) else { return }
    episodes[slot]?.alert.evidence.append(line)
  }

  /// What an episode says is shown with it: names as of the moment it opened.
  struct Labels {
    var entity: String
    var supplier: String?
    var tier: String?
    var application: String?
  }

  enum Outcome {
    case opened(slot: Int)
    case extended, ignored
  }

  /// Opens or extends the episode of a verdict at event time `now`.
  ///
  /// - Parameter members: Where the rule groups, whom the verdict was about before it was about
  ///   what they belong to.
  mutating func report(
    _ verdict: Verdict, members: [Entity] = [], rule: Rule, labels: @autoclosure () -> Labels,
    evidence: [EvidenceLine], now: Int64
  ) -> Outcome {
    let key = EpisodeKey(rule: verdict.rule, entity: verdict.entity)
    if let slot = open[key] {
      for member in members { join(slot, member) }
      extend(slot, verdict, rule.policy, evidence, now: now)
      return .extended
    }
    guard episodes.count - free.count < openCountMax else {
      refusedCount += 1
      return .ignored
    }
    let slot = openEpisode(key, verdict, rule, labels(), evidence, members, now: now)
    return .opened(slot: slot)
  }

  /// Looks whether the episode in `slot` has been quiet long enough; the time to look again
  /// if it has not.
  mutating func resolveIfQuiet(_ slot: Int, resolveAfter: Int64, now: Int64) -> Int64? {
    guard let episode = episodes[slot] else { return nil }
    let end = episode.lastTrouble + resolveAfter
    guard end <= now else { return end }
    resolve(slot, episode, now: now)
    return nil
  }

  /// Ends every open episode: nothing will ever be known of what came after.
  mutating func resolveAll(now: Int64) {
    for slot in episodes.indices {
      guard let episode = episodes[slot] else { continue }
      resolve(slot, episode, now: max(now, episode.lastTrouble))
    }
  }

  private mutating func resolve(_ slot: Int, _ episode: AlertEpisode, now: Int64) {
    open[keys[slot]] = nil
    for member in episode.members { open[EpisodeKey(rule: keys[slot].rule, entity: member)] = nil }
    episodes[slot] = nil
    free.append(slot)
    ends.add(episode.lastTrouble, of: keys[slot])
    guard episode.isTold else { return }
    var alert = episode.told
    if alert.state == .open { alert.state = .resolved }
    alert.endedAt = EventTime(milliseconds: episode.lastTrouble)
    alert.revision += 1
    alert.revisedAt = EventTime(milliseconds: now)
    pending.append(alert)
  }

  func key(in slot: Int) -> EpisodeKey { keys[slot] }

  /// Moves out the revisions up to and with event time `now`.
  mutating func drain(into alerts: inout [Alert]) {
    guard !pending.isEmpty else { return }
    pending.sort { ($0.revisedAt, $0.id, $0.revision) < ($1.revisedAt, $1.id, $1.revision) }
    alerts.append(contentsOf: pending)
    pending.removeAll(keepingCapacity: true)
  }

  private mutating func openEpisode(
    _ key: EpisodeKey, _ verdict: Verdict, _ rule: Rule, _ labels: Labels,
    _ evidence: [EvidenceLine], _ members: [Entity], now: Int64
  ) -> Int {
    var verdict = verdict
    // A long window may reach into the episode before; two of one start would have one name.
    verdict.startedAt = max(verdict.startedAt, ends.last(of: key) ?? .min)
    let alert = makeAlert(verdict, rule, labels, evidence, now: now)
    let isTold = verdict.detectedAt >= detectFrom && rule.policy.forMilliseconds == 0
    let episode = AlertEpisode(
      alert: alert, lastTrouble: verdict.detectedAt, extent: verdict.extent,
      toldExtent: verdict.extent, toldAt: now, isTold: isTold)
    let slot = free.popLast() ?? episodes.count
    if slot == episodes.count {
      episodes.append(episode)
      keys.append(key)
    } else {
      episodes[slot] = episode
      keys[slot] = key
    }
    open[key] = slot
    for member in members { join(slot, member) }
    if isTold, let episode = episodes[slot] {
      episodes[slot]?.toldMemberCount = episode.memberCount
      pending.append(episode.told)
    }
    return slot
  }

  private func makeAlert(
    _ verdict: Verdict, _ rule: Rule, _ labels: Labels, _ evidence: [EvidenceLine], now: Int64
  ) -> Alert {
    Alert(
      id: identifier(rule.variantName, verdict.entity.type, labels.entity, verdict.startedAt),
      revision: 1,
      ruleID: rule.id, kind: verdict.kind, ruleHash: rule.contentHash, severity: rule.severity,
      entityType: verdict.entity.type, entity: labels.entity, supplier: labels.supplier,
      tier: labels.tier, application: labels.application, state: rule.isShadow ? .shadow : .open,
      startedAt: EventTime(milliseconds: verdict.startedAt),
      detectedAt: EventTime(milliseconds: verdict.detectedAt), observed: verdict.observed,
      expectedLow: verdict.expectedLow, expectedMid: verdict.expectedMid,
      expectedHigh: verdict.expectedHigh, unit: verdict.unit, score: verdict.score,
      sampleSize: verdict.sampleSize, isLearning: verdict.isLearning, reason: verdict.reason,
      evidence: Array(evidence.prefix(Self.evidenceCountMax)),
      revisedAt: EventTime(milliseconds: now), picture: verdict.picture)
  }

  /// Counts `member` among those that an episode is about.
  private mutating func join(_ slot: Int, _ member: Entity) {
    let key = EpisodeKey(rule: keys[slot].rule, entity: member)
    guard key != keys[slot], open[key] == nil, episodes[slot] != nil else { return }
    guard (episodes[slot]?.members.count ?? 0) < Self.memberCountMax else {
      episodes[slot]?.moreMemberCount += 1
      return
    }
    episodes[slot]?.members.append(member)
    open[key] = slot
  }

  private mutating func extend(
    _ slot: Int, _ verdict: Verdict, _ policy: EpisodePolicy, _ evidence: [EvidenceLine],
    now: Int64
  ) {
    guard var episode = episodes[slot] else { return }
    episodes[slot] = nil  // so that the changes below copy nothing
    episode.lastTrouble = max(episode.lastTrouble, verdict.detectedAt)
    for line in evidence where episode.alert.evidence.count < Self.evidenceCountMax {
      if !episode.alert.evidence.contains(line) { episode.alert.evidence.append(line) }
    }
    if !episode.isTold {
      beginToTell(&episode, verdict, policy, evidence, now: now)
    } else {
      continueToTell(&episode, verdict, policy, now: now)
    }
    episodes[slot] = episode
  }

  private mutating func continueToTell(
    _ episode: inout AlertEpisode, _ verdict: Verdict, _ policy: EpisodePolicy, now: Int64
  ) {
    if (verdict.score, verdict.extent) > (episode.alert.score, episode.extent) {
      episode.extent = verdict.extent
      update(&episode.alert, with: verdict)
    }
    let hasGrown =
      episode.extent > episode.toldExtent
      && episode.extent >= episode.toldExtent * Self.growthFactor
    let hasSpread =
      episode.memberCount > 1 && episode.memberCount >= 2 * max(1, episode.toldMemberCount)
    let isDue = policy.isReminderDue(
      detectedAt: episode.alert.detectedAt.milliseconds, toldAt: episode.toldAt, now: now)
    if hasGrown || hasSpread || isDue, now >= episode.toldAt + Self.toldIntervalMilliseconds {
      tell(&episode, now: now)
    }
  }

  /// An episode from before ``detectFrom`` reaches beyond it, or has lasted as long as its rule
  /// asks for: from here it is an alert, and says nothing of what was before but when it started.
  private mutating func beginToTell(
    _ episode: inout AlertEpisode, _ verdict: Verdict, _ policy: EpisodePolicy,
    _ evidence: [EvidenceLine], now: Int64
  ) {
    let isTime =
      verdict.detectedAt >= episode.alert.detectedAt.milliseconds + policy.forMilliseconds
    guard verdict.detectedAt >= detectFrom, isTime else { return }
    episode.isTold = true
    episode.extent = verdict.extent
    update(&episode.alert, with: verdict)
    episode.alert.evidence = Array(evidence.prefix(Self.evidenceCountMax))
    episode.alert.detectedAt = EventTime(milliseconds: verdict.detectedAt)
    episode.alert.revision = 0
    tell(&episode, now: now)
  }

  private mutating func tell(_ episode: inout AlertEpisode, now: Int64) {
    episode.toldExtent = episode.extent
    episode.toldAt = now
    episode.toldMemberCount = episode.memberCount
    episode.alert.revision += 1
    episode.alert.revisedAt = EventTime(milliseconds: now)
    pending.append(episode.told)
  }

  private func update(_ alert: inout Alert, with verdict: Verdict) {
    alert.observed = verdict.observed
    alert.expectedLow = verdict.expectedLow
    alert.expectedMid = verdict.expectedMid
    alert.expectedHigh = verdict.expectedHigh
    alert.unit = verdict.unit
    alert.score = verdict.score
    alert.sampleSize = verdict.sampleSize
    alert.isLearning = verdict.isLearning
    alert.reason = verdict.reason
    alert.picture = verdict.picture
  }

  /// A hash of the identifier's version, the rule, the entity, the start and the backfill.
  private func identifier(
    _ rule: String, _ type: EntityType, _ entity: String, _ start: Int64
  ) -> String {
    let text =
      "\(idVersion)\u{0}\(rule)\u{0}\(type.rawValue)\u{0}\(entity)\u{0}\(start)"
      + (backfill.map { "\u{0}\($0)" } ?? "")
    let bytes = Array(text.utf8)
    let (high, low) = idHash.hash128(bytes.span)
    return Hexadecimal.text(high) + Hexadecimal.text(low)
  }
}

/// When the latest episodes of rules and entities ended; the oldest are forgotten first.
struct PastEnds: Sendable {
  let countMax: Int
  var times: [EpisodeKey: Int64] = [:]  // looked up, never iterated
  var order: [(key: EpisodeKey, time: Int64)] = []
  var next = 0

  init(countMax: Int) { self.countMax = countMax }

  func last(of key: EpisodeKey) -> Int64? { times[key] }

  mutating func add(_ time: Int64, of key: EpisodeKey) {
    times[key] = time
    guard order.count >= countMax else { return order.append((key, time)) }
    let oldest = order[next]
    if times[oldest.key] == oldest.time, oldest.key != key { times[oldest.key] = nil }
    order[next] = (key, time)
    next = (next + 1) % countMax
  }
}

enum Hexadecimal {
  /// Sixteen lower-case digits.
  static func text(_ value: UInt64) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
