import AccessLog

/// A rule's trouble with one entity, from its first sign to its quiet end, and the revisions of
/// it that are worth telling.
struct AlertEpisode: Sendable {
  var alert: Alert
  /// End of the last span that was in trouble.
  var lastTrouble: Int64
  /// What the last revision said and when, to tell growth from repetition.
  var toldObserved: Double
  var toldAt: Int64
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
}

/// All open episodes, and the revisions that wait to be handed out.
///
/// Revisions leave in the order (`revisedAt`, id, revision).
struct EpisodeTable: Sendable {
  /// Open episodes at a time; a rule that would open more is counted, not followed.
  static let openCountMax = 100_000
  static let evidenceCountMax = 10
  /// An episode is told again when what it observed has grown by this factor, and not sooner
  /// than this after the last time. Its last revision always has the worst that was seen.
  private static let growthFactor = 2.0
  private static let toldIntervalMilliseconds: Int64 = 60_000

  private let idVersion = "1"
  private let idHash = SipHash(key0: 0x746f_6c6c_7761_7463, key1: 0x6826_616c_6572_7431)
  /// Nothing is told that was detected before.
  var detectFrom: Int64 = .min
  private var open: [EpisodeKey: Int] = [:]
  private var episodes: [AlertEpisode?] = []
  private var keys: [EpisodeKey] = []
  private var free: [Int] = []
  private var pending: [Alert] = []
  private(set) var refusedCount = 0

  func isOpen(_ key: EpisodeKey) -> Bool { open[key] != nil }

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
  mutating func report(
    _ verdict: Verdict, rule: Rule, labels: @autoclosure () -> Labels,
    evidence: [EvidenceLine], now: Int64
  ) -> Outcome {
    let key = EpisodeKey(rule: verdict.rule, entity: verdict.entity)
    if let slot = open[key] {
      extend(slot, verdict, evidence, now: now)
      return .extended
    }
    guard verdict.detectedAt >= detectFrom else { return .ignored }
    guard open.count < Self.openCountMax else {
      refusedCount += 1
      return .ignored
    }
    return .opened(slot: openEpisode(key, verdict, rule, labels(), evidence, now: now))
  }

  /// Looks whether the episode in `slot` has been quiet long enough; the time to look again
  /// if it has not.
  mutating func resolveIfQuiet(_ slot: Int, resolveAfter: Int64, now: Int64) -> Int64? {
    guard let episode = episodes[slot] else { return nil }
    let end = episode.lastTrouble + resolveAfter
    guard end <= now else { return end }
    var alert = episode.alert
    if alert.state == .open { alert.state = .resolved }
    alert.endedAt = EventTime(milliseconds: episode.lastTrouble)
    alert.revision += 1
    alert.revisedAt = EventTime(milliseconds: now)
    pending.append(alert)
    open[keys[slot]] = nil
    episodes[slot] = nil
    free.append(slot)
    return nil
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
    _ evidence: [EvidenceLine], now: Int64
  ) -> Int {
    let alert = makeAlert(verdict, rule, labels, evidence, now: now)
    let episode = AlertEpisode(
      alert: alert, lastTrouble: verdict.detectedAt, toldObserved: verdict.observed, toldAt: now)
    let slot = free.popLast() ?? episodes.count
    if slot == episodes.count {
      episodes.append(episode)
      keys.append(key)
    } else {
      episodes[slot] = episode
      keys[slot] = key
    }
    open[key] = slot
    pending.append(alert)
    return slot
  }

  private func makeAlert(
    _ verdict: Verdict, _ rule: Rule, _ labels: Labels, _ evidence: [EvidenceLine], now: Int64
  ) -> Alert {
    Alert(
      id: identifier(rule.id, verdict.entity.type, labels.entity, verdict.startedAt), revision: 1,
      ruleID: rule.id, kind: verdict.kind, ruleHash: rule.contentHash, severity: rule.severity,
      entityType: verdict.entity.type, entity: labels.entity, supplier: labels.supplier,
      tier: labels.tier, application: labels.application, state: rule.isShadow ? .shadow : .open,
      startedAt: EventTime(milliseconds: verdict.startedAt),
      detectedAt: EventTime(milliseconds: verdict.detectedAt), observed: verdict.observed,
      expectedLow: verdict.expectedLow, expectedMid: verdict.expectedMid,
      expectedHigh: verdict.expectedHigh, unit: verdict.unit, score: verdict.score,
      sampleSize: verdict.sampleSize, isLearning: verdict.isLearning, reason: verdict.reason,
      evidence: Array(evidence.prefix(Self.evidenceCountMax)),
      revisedAt: EventTime(milliseconds: now))
  }

  private mutating func extend(
    _ slot: Int, _ verdict: Verdict, _ evidence: [EvidenceLine], now: Int64
  ) {
    guard var episode = episodes[slot] else { return }
    episodes[slot] = nil  // so that the changes below copy nothing
    episode.lastTrouble = max(episode.lastTrouble, verdict.detectedAt)
    for line in evidence where episode.alert.evidence.count < Self.evidenceCountMax {
      if !episode.alert.evidence.contains(line) { episode.alert.evidence.append(line) }
    }
    if (verdict.score, verdict.observed) > (episode.alert.score, episode.alert.observed) {
      update(&episode.alert, with: verdict)
    }
    if episode.alert.observed >= episode.toldObserved * Self.growthFactor,
      now >= episode.toldAt + Self.toldIntervalMilliseconds
    {
      tell(&episode, now: now)
    }
    episodes[slot] = episode
  }

  private mutating func tell(_ episode: inout AlertEpisode, now: Int64) {
    episode.toldObserved = episode.alert.observed
    episode.toldAt = now
    episode.alert.revision += 1
    episode.alert.revisedAt = EventTime(milliseconds: now)
    pending.append(episode.alert)
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
  }

  /// A hash of the identifier's version, the rule, the entity and the start.
  private func identifier(
    _ rule: String, _ type: EntityType, _ entity: String, _ start: Int64
  ) -> String {
    let text = "\(idVersion)\u{0}\(rule)\u{0}\(type.rawValue)\u{0}\(entity)\u{0}\(start)"
    let bytes = Array(text.utf8)
    let (high, low) = idHash.hash128(bytes.span)
    return Hexadecimal.text(high) + Hexadecimal.text(low)
  }
}

enum Hexadecimal {
  /// Sixteen lower-case digits.
  static func text(_ value: UInt64) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
