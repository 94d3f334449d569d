import Baselines

// Going on with other rules or another registry than those under which series were learnt.
extension VolumeMonitor {
  /// Leaves out the series of what the registry knows no more, or whose time zone it dropped.
  mutating func keepKnown(_ change: RegistryChange, _ saved: inout SavedWindows) {
    let places = entities.indices.map { slot -> (entity: Entity, zone: Int)? in
      guard let entity = change.entity(entities[slot]), let zone = change.zone(tallies[slot].zone)
      else { return nil }
      return (entity, zone)
    }
    let kept = entities.indices.filter { places[$0] != nil }
    saved.keep(kept)
    var habits: [VolumeSeries] = []
    for slot in kept where tallies[slot].habit != VolumeTally.noHabit {
      guard series.indices.contains(Int(tallies[slot].habit)) else { continue }
      habits.append(series[Int(tallies[slot].habit)])
      tallies[slot].habit = UInt32(habits.count - 1)
    }
    for slot in kept { tallies[slot].zone = UInt16(truncatingIfNeeded: places[slot]?.zone ?? 0) }
    entities = kept.compactMap { places[$0]?.entity }
    tallies = kept.map { tallies[$0] }
    series = habits
  }

  /// Today's rules look further back than what was kept: of the time before, nothing is known.
  mutating func forgetWhatWasNotKept(_ savedSize: Int) {
    guard let newest = tallies.lazy.map(\.hour.window).max() else { return }
    recentFrom = max(recentFrom ?? .min, newest - Int64(savedSize))
  }

  /// Sets the limits of all series as at the beginning of their hours, and looks for falls.
  mutating func watchAnew(at second: Int64, _ context: inout EngineContext) {
    let window = second / shape.windowSeconds
    openWindow = window
    for slot in tallies.indices where tallies[slot].habit != VolumeTally.noHabit {
      beginHour(
        slot, Int(tallies[slot].habit), max(window, tallies[slot].hour.window), &context)
      if tallies[slot].has(VolumeTally.isWatched) {
        tallies[slot].noticeAt = limits.noticeAt(slot, recent)
      }
      findTrouble(slot, context)
    }
  }

  /// Episodes that are open go on being looked at.
  private mutating func findTrouble(_ slot: Int, _ context: borrowing EngineContext) {
    let isOpen = judges.contains {
      context.episodes.isOpen(EpisodeKey(rule: $0.rule, entity: entities[slot]))
    }
    guard isOpen else { return }
    series[Int(tallies[slot].habit)].mayHaveEpisode = true
    series[Int(tallies[slot].habit)].lastTroubleWindow = tallies[slot].hour.window
    troubled.append(UInt32(slot))
  }
}
