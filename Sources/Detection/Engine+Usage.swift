extension Engine {
  /// Rows of usage that are whole and wait to be taken.
  public var waitingUsageCount: Int { usage.waitingCount }

  /// Takes the hours of usage that are whole; the open one too where `andOpenHour` says that no
  /// more records will come.
  public mutating func takeUsage(andOpenHour: Bool = false) -> UsageHarvest {
    usage.take(andOpenHour: andOpenHour, context.keys)
  }
}
