extension Engine {
  /// Rows of usage that are whole and wait to be taken.
  public var waitingUsageCount: Int { usage.waitingCount }

  /// The segments that told of usage that was not taken yet, or of records that wait to be counted;
  /// ascending.
  public var waitingUsageParts: [UsagePart] {
    let waiting = queue.batches.filter { $0.referenceCount > 0 }
    return Set(usage.waitingParts + (usage.isOn ? waiting.map(\.part) : [])).sorted()
  }

  /// Takes the hours of usage that are whole; the open one too where `andOpenHour` says that no
  /// more records will come.
  public mutating func takeUsage(andOpenHour: Bool = false) -> UsageHarvest {
    usage.take(andOpenHour: andOpenHour, context.keys)
  }

  /// Whoever takes usage next begins to: series come with it that were taken before.
  public mutating func tellUsageAnew() { usage.names.tellAllAgain() }
}
