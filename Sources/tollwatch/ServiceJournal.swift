import AccessLog
import AlertStore
import Pipeline

/// What the database of a service tells of its work: what steered it, how far it read, and which
/// configurations held.
struct ServiceJournal {
  /// From the beginning on, which is the first of them where there is no ``base``.
  let entries: [SteeringEntry]
  /// What was known behind the entries that the journal has lost.
  let base: JournalBase?
  let positions: [ReadPosition]
  let firstSegments: FirstSegments
  private let plans: [LivePlan]

  init(_ options: JournalReplay.Options) throws {
    let reader = try AlertReader.open(path: options.journal)
    let found = try reader.journalBase()
    let rows = try reader.journal(behind: found?.ordinal ?? .min).compactMap(SteeringEntry.init)
    let first = rows.lastIndex(where: \.isBeginning)
    // A service that began anew has nothing to do with what was known before.
    base = first == nil ? found : nil
    guard first != nil || found != nil else {
      throw Stop(
        ExitStatus.noInput,
        "\(options.journal): has no journal of a service from its beginning on")
    }
    entries = Array(rows[(first ?? 0)...])
    positions = try reader.positions()
    firstSegments = FirstSegments(json: try reader.service(FirstSegments.key))
    let archives = Archives(json: try reader.service(Archives.key))
    plans = try ([options.configuration] + options.earlierConfigurations).map {
      var plan = try LivePlan(
        configurationPath: $0, database: options.journal, fingerprintKey: options.fingerprintKey)
      plan.take(archives)
      return plan
    }
    if let id = try reader.fingerprintKeyID(),
      plans.contains(where: { $0.fingerprints.identifier != id })
    {
      throw Stop(
        ExitStatus.configuration,
        "\(options.journal): was written with the fingerprint key \(id); name it: --fingerprint-key FILE"
      )
    }
  }

  /// The plan that holds at first.
  func firstPlan() throws -> LivePlan {
    guard let base else { return try plan(of: entries[0]) }
    return try plan(base.plan, from: "the beginning of the journal")
  }

  /// The plan that holds from `entry` on; it is known by what its files say.
  func plan(of entry: SteeringEntry) throws -> LivePlan {
    try plan(entry.entry.detail, from: entry.entry.time.rfc3339)
  }

  private func plan(_ contentHash: String?, from start: String) throws -> LivePlan {
    if let plan = plans.first(where: { $0.contentHash == contentHash }) { return plan }
    throw Stop(
      ExitStatus.configuration,
      "none of the configurations is the one that held from \(start) on, or its "
        + "rules or registry say something else by now; name it: --earlier-config FILE")
  }
}
