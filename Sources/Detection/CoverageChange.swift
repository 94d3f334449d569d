/// What was analysed and what is missing, as far as that is new.
public struct CoverageChange: Sendable {
  public struct Source: Hashable, Sendable {
    public var name: String
    public var spans: [CoverageSpan]
  }

  public var sources: [Source] = []
  /// Those that are open are among them, and come again.
  public var gaps: [EngineStatistics.Gap]
}
