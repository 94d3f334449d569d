import AccessLog

// What a ledger of the coverage is told of again and again.
extension Engine {
  /// What of the coverage has changed since this was asked last: what it costs does not grow with
  /// what was read.
  public mutating func takeCoverage() -> CoverageChange {
    var change = CoverageChange(gaps: Array(statistics.gaps[takenGapCount...]))
    takenGapCount = statistics.gaps.count
    for index in sources.indices {
      let name = sources[index].name
      let gaps = statistics.gaps.filter { $0.source == name }
      change.sources.append(.init(name: name, spans: coverage[index].takeChanged(gaps: gaps)))
    }
    change.gaps += openGaps
    return change
  }

  /// Those that nothing has ended yet, as far as event time has come without their sources.
  private var openGaps: [EngineStatistics.Gap] {
    sources.indices.compactMap { index in
      gapStarts[index].map { start in
        EngineStatistics.Gap(
          source: sources[index].name, start: EventTime(milliseconds: start),
          end: EventTime(milliseconds: max(start, (currentSecond ?? 0) * 1000)))
      }
    }
  }
}
