import AccessLog

/// What an engine did and refused, for the end of a run.
public struct EngineSummary: Sendable {
  /// A rule that judged nothing, and what would wake it.
  public struct SleepingRule: Hashable, Sendable {
    public var id: String
    public var reason: String
  }

  public struct Source: Hashable, Sendable {
    public var name: String
    public var late: Int
    /// Stamps outside of what a gateway can have written.
    public var implausible: Int
    /// Stamps that ran ahead of all others and found no agreement.
    public var stray: Int
    public var coverage: [CoverageSpan]
  }

  public var statistics: EngineStatistics
  public var keyCount: Int
  public var unknownKeyCount: Int
  public var addressCount: Int
  public var supplierCount: Int
  public var seriesCount: Int
  public var sources: [Source]
  public var sleepingRules: [SleepingRule]
  /// Verdicts that another rule's alert kept quiet.
  public var inhibitedCount = 0
  /// What found no room, by what it was; only counts above zero, in a fixed order.
  public var refusals: [Refusal]

  public struct Refusal: Hashable, Sendable {
    public var what: String
    public var count: Int
  }
}

extension Engine {
  /// What is asked for again and again: all of ``summary()`` but the coverage, which grows.
  public func tally() -> EngineSummary { summary(withCoverage: false) }

  public func summary() -> EngineSummary { summary(withCoverage: true) }

  private func summary(withCoverage: Bool) -> EngineSummary {
    var sourceSummaries: [EngineSummary.Source] = []
    for index in sources.indices { sourceSummaries.append(source(index, withCoverage)) }
    return EngineSummary(
      statistics: statistics, keyCount: context.keys.count - context.keys.addressCount,
      unknownKeyCount: context.keys.unknownKeyCount, addressCount: context.keys.addressCount,
      supplierCount: context.keys.seenSupplierCount,
      seriesCount: volumes.reduce(0) { $0 + $1.seriesCount },
      sources: sourceSummaries, sleepingRules: sleepingRules(),
      inhibitedCount: context.inhibitedCount, refusals: refusals())
  }

  private func source(_ index: Int, _ withCoverage: Bool) -> EngineSummary.Source {
    EngineSummary.Source(
      name: sources[index].name, late: clocks[index].lateCount + belowFloorCount[index],
      implausible: clocks[index].implausibleCount, stray: clocks[index].strayCount,
      coverage: withCoverage ? spans(of: index) : [])
  }

  private func spans(of index: Int) -> [CoverageSpan] {
    coverage[index].spans(gaps: statistics.gaps.filter { $0.source == sources[index].name })
  }

  private func sleepingRules() -> [EngineSummary.SleepingRule] {
    var sleeping: [EngineSummary.SleepingRule] = []
    for index in context.rules.indices where context.rules[index].variant == 0 {
      guard let reason = sleepReason(index) else { continue }
      sleeping.append(.init(id: context.rules[index].id, reason: reason))
    }
    return sleeping
  }

  func sleepReason(_ index: Int) -> String? {
    let rule = context.rules[index]
    if sampling.isPartial, rule.detector.plan.looksForAbsence {
      return "not all requests are logged, so nothing follows from what is missing"
    }
    switch rule.detector.plan {
    case .tier:
      guard tiers.first(where: { $0.rule == index })?.judgedCount == 0 else { return nil }
      return context.registry.tiers.isEmpty
        ? "no key has a tier; a registry with tiers would wake it"
        : "no key of the log has a tier in the registry"
    case .precursor(let plan):
      guard let monitor = precursors.first(where: { $0.rule == index }) else { return nil }
      if !monitor.hasTargets { return "no request matches \(plan.target.text)" }
      guard monitor.judgedCount == 0 else { return nil }
      return "no target could be judged: the look-back of each reaches before the first record "
        + "or over a gap"
    case .tally:
      let monitor = tallies.first { $0.judge(ofRule: index) != nil }
      return monitor?.series.isEmpty == true ? noSeriesReason(rule.per) : nil
    case .volume(let plan):
      let monitor = volumes.first { $0.judges.contains { $0.rule == index } }
      guard let monitor else { return nil }
      if monitor.seriesCount == 0 { return noSeriesReason(rule.per) }
      if plan.direction == .down, let reason = weekReason() { return reason }
      guard !monitor.hasGrownSeries else { return nil }
      return "learning: no series has a day of history yet"
    }
  }

  private static let weekKnownMilliseconds: Int64 = 14 * 86_400_000

  /// A fall is judged in an hour of the week that was seen twice; until then nothing is said.
  private func weekReason() -> String? {
    guard let first = statistics.firstTime, let last = statistics.lastTime else { return nil }
    let known = EventTime(milliseconds: first.milliseconds + Self.weekKnownMilliseconds)
    guard last < known else { return nil }
    return "learning: a fall is judged at an hour of the week that was seen twice, which is from "
      + "\(known.rfc3339.prefix(16))Z on"
  }

  private func noSeriesReason(_ per: Per) -> String {
    // Of a pair the part that a registry must tell is the one that is missing most likely.
    let type = per.types.first { [.supplier, .application, .tier, .api].contains($0) } ?? per.type
    return switch type {
    case .supplier, .application, .tier:
      "no key belongs to a \(type.rawValue); a registry would wake it"
    case .key: "no record has an identity or a client address"
    case .api: "no route belongs to an API of the registry"
    default: "no request matches it"
    }
  }

  private func refusals() -> [EngineSummary.Refusal] {
    [
      ("keys and addresses", context.keys.refusedCount),
      ("routes, versions and networks", context.names.refusedCount),
      ("pairs that rules judge", context.pairs.refusedCount),
      ("series", volumes.reduce(0) { $0 + $1.refusedCount }),
      ("tier series", tiers.reduce(0) { $0 + $1.refusedCount }),
      ("precursor series", precursors.reduce(0) { $0 + $1.refusedCount }),
      ("limit series", tallies.reduce(0) { $0 + $1.refusedCount }),
      ("values to tell apart", tallies.reduce(0) { $0 + $1.refusedValueCount }),
      ("precursor events", precursors.reduce(0) { $0 + $1.droppedEventCount }),
      ("open alerts", context.episodes.refusedCount),
      ("gaps", context.gaps.refusedCount),
      ("old marks", context.marks.droppedCount),
      (
        "requests in the usage by route and network: of them only the caller is kept, or the "
          + "supplier", usage.foldedCount
      ),
      ("coverage minutes", coverage.reduce(0) { $0 + $1.refusedCount }),
    ].filter { $0.1 > 0 }.map { EngineSummary.Refusal(what: $0.0, count: $0.1) }
  }
}
