import AccessLog
import AlertStore
import Pipeline

/// What the database of a service tells of its work: what steered it, how far it read, and which
/// configurations held.
struct ServiceJournal {
  /// From the beginning on; there is at least that.
  let entries: [SteeringEntry]
  let positions: [ReadPosition]
  private let plans: [LivePlan]

  init(_ options: JournalReplay.Options) throws {
    let reader = try AlertReader.open(path: options.journal)
    let rows = try reader.journal(behind: .min).compactMap(SteeringEntry.init)
    guard let first = rows.lastIndex(where: \.isBeginning) else {
      throw Stop(
        ExitStatus.noInput,
        "\(options.journal): has no journal of a service from its beginning on")
    }
    entries = Array(rows[first...])
    positions = try reader.positions()
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

  /// The plan that holds from `entry` on; it is known by what its files say.
  func plan(of entry: SteeringEntry) throws -> LivePlan {
    if let plan = plans.first(where: { $0.contentHash == entry.entry.detail }) { return plan }
    throw Stop(
      ExitStatus.configuration,
      "none of the configurations is the one that held from \(entry.entry.time.rfc3339) on, or its "
        + "rules or registry say something else by now; name it: --earlier-config FILE")
  }
}
