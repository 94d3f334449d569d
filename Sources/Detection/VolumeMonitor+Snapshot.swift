import Baselines

extension VolumeMonitor {
  /// What its series are: the same for all rules that count it.
  var definition: String { "\(per.text) \(shape.windowSeconds) \(filter.definition)" }

  /// What was learnt, and the hours and windows under way.
  ///
  /// - Parameters:
  ///   - part: The monitor's number in the snapshot.
  ///   - change: Where entities and zones stand now, when they moved since.
  mutating func codeLearnt(
    _ part: Int, in book: inout SnapshotBook, _ change: RegistryChange? = nil
  ) {
    codeSeries(part, &book)
    codeHours(part, &book)
    codeHabits(part, &book)
    codeSeasons(part, &book)
    var saved = SavedWindows(recent, from: recentFrom)
    saved.code(part, seriesCount: entities.count, in: &book)
    guard book.isReading, book.fault == nil else { return }
    recentFrom = saved.from
    if let change, !change.isNone { keepKnown(change, &saved) }
    linkSeries(&book)
    guard book.fault == nil else { return }
    for _ in entities { limits.addSeries() }
    recent.take(saved, under: tallies.map(\.hour.window))
    if saved.size < recent.size { forgetWhatWasNotKept(saved.size) }
  }

  /// Whether series `slot` is there, and in its second hour at least.
  func hasHabit(_ slot: Int) -> Bool {
    tallies.indices.contains(slot) && tallies[slot].habit != VolumeTally.noHabit
  }

  private mutating func codeSeries(_ part: Int, _ book: inout SnapshotBook) {
    let zoneless = HourTally(from: 0, shape: shape, zone: .utc)
    let isReading = book.isReading
    book.elements(.sers, 2 * part, count: entities.count) { slot, coder in
      var entity = isReading ? .blank : entities[slot]
      var tally = isReading ? VolumeTally(hour: zoneless, zone: 0) : tallies[slot]
      entity.code(with: &coder)
      coder.code(&tally.zone)
      coder.code(&tally.habit)
      guard isReading else { return }
      entities.append(entity)
      tallies.append(tally)
    }
  }

  private mutating func codeHours(_ part: Int, _ book: inout SnapshotBook) {
    let isReading = book.isReading
    var count = 0
    book.elements(.sers, 2 * part + 1, count: entities.count) { slot, coder in
      guard slot < entities.count else { return coder.require(false) }
      var hour = tallies[slot].hour
      hour.code(with: &coder)
      if isReading { tallies[slot].hour = hour }
      count += 1
    }
    book.require(count == entities.count, .sers)
  }

  private mutating func codeHabits(_ part: Int, _ book: inout SnapshotBook) {
    let isReading = book.isReading
    book.elements(.base, part, perPage: Self.habitsAtOnce, count: series.count) { habit, coder in
      var baseline = isReading ? Baseline() : series[habit].baseline
      baseline.code(with: &coder)
      if isReading { series.append(VolumeSeries(entity: .blank, baseline: baseline)) }
    }
  }

  private static let habitsAtOnce = 256

  /// Hour by hour of the season: when an hour ends, two of the hours of its series have changed.
  private mutating func codeSeasons(_ part: Int, _ book: inout SnapshotBook) {
    var start = 0
    while start < series.count, book.fault == nil {
      let habits = start..<min(series.count, start + SnapshotBook.blockCount)
      let number = part << 32 | (start / SnapshotBook.blockCount) << 8
      var seen = book.isReading ? [] : Self.seasons(of: series, habits)
      book.page(.seas, number | 0xff) { $0.code(&seen) }
      book.require(seen.allSatisfy { (0..<Baseline.seasonCount).contains($0) }, .seas)
      for season in seen where book.fault == nil {
        book.page(.seas, number | season) { codeSeason(season, of: habits, &$0) }
      }
      start = habits.upperBound
    }
  }

  private mutating func codeSeason(
    _ season: Int, of habits: Range<Int>, _ coder: inout StateCoder
  ) {
    for habit in habits {
      var one = coder.isReading ? Baseline.Season() : series.span[habit].baseline.season(season)
      one.code(with: &coder)
      if coder.isReading, !one.isBlank { series[habit].baseline.set(one, at: season) }
    }
  }

  /// Hours that one of the series saw.
  private static func seasons(of series: [VolumeSeries], _ habits: Range<Int>) -> [Int] {
    (0..<Baseline.seasonCount).filter { season in
      habits.contains { !series.span[$0].baseline.season(season).isBlank }
    }
  }

  /// Finds the series of each entity again, and the entity of each habit.
  private mutating func linkSeries(_ book: inout SnapshotBook) {
    guard let table = SlotTable(rows: entities.map(\.index)) else { return book.damage(.sers) }
    slotOfEntity = table
    var linkedCount = 0
    for (slot, entity) in entities.enumerated() {
      let habit = tallies[slot].habit
      guard habit != VolumeTally.noHabit else { continue }
      guard habit < series.count else { return book.damage(.sers) }
      series[Int(habit)].entity = entity
      linkedCount += 1
    }
    book.require(linkedCount == series.count, .sers)
  }
}

// MARK: - what is watched

extension VolumeMonitor {
  /// Who is looked at, and from which counts on: for the same rules alone.
  mutating func codeWatch(_ part: Int, in book: inout SnapshotBook) {
    codeLimits(part, &book)
    codeTroubles(part, &book)
    book.page(.wtch, (3 * part + 2) << 32) { coder in
      coder.code(&openWindow)
      coder.code(&noticed)
      coder.code(&hot)
      coder.code(&troubled)
      coder.code(&hasGrownSeries)
      coder.code(&refusedCount)
      coder.code(&evidence, slotCount: entities.count)
      let count = UInt32(entities.count)
      coder.require((noticed + hot + troubled).allSatisfy { $0 < count })
      coder.require(troubled.allSatisfy { hasHabit(Int($0)) })
    }
  }

  private mutating func codeLimits(_ part: Int, _ book: inout SnapshotBook) {
    book.elements(.wtch, 3 * part, count: entities.count) { slot, coder in
      guard slot < entities.count else { return coder.require(false) }
      var noticeAt = tallies[slot].noticeAt
      var flags = tallies[slot].flags
      coder.code(&noticeAt)
      coder.code(&flags)
      limits.code(slot, with: &coder)
      guard coder.isReading else { return }
      tallies[slot].noticeAt = noticeAt
      tallies[slot].flags = flags
    }
  }

  private mutating func codeTroubles(_ part: Int, _ book: inout SnapshotBook) {
    book.elements(.wtch, 3 * part + 1, count: series.count) { habit, coder in
      guard habit < series.count else { return coder.require(false) }
      var one = coder.isReading ? VolumeSeries(entity: .blank) : series[habit]
      one.codeTrouble(&coder)
      guard coder.isReading else { return }
      one.entity = series[habit].entity
      one.baseline = series[habit].baseline
      series[habit] = one
    }
  }
}

extension VolumeSeries {
  /// What rules found about it, and when they look again.
  mutating func codeTrouble(_ coder: inout StateCoder) {
    coder.code(&hasDeadline)
    coder.code(&noFallBefore)
    coder.code(&mayHaveEpisode)
    coder.code(&lastTroubleWindow)
  }
}

extension VolumeLimits {
  mutating func code(_ slot: Int, with coder: inout StateCoder) {
    for index in 0..<stride {
      let value = values[slot * stride + index]
      // Most are the largest number, which so takes one byte.
      var limit = value == Self.never ? -1 : value
      coder.code(&limit)
      if coder.isReading { values[slot * stride + index] = limit < 0 ? Self.never : limit }
    }
  }
}

extension RequestFilter {
  /// Equal where the filters count the same requests, in every release.
  var definition: String {
    (matchers.map(\.text) + [expression.map { "where \($0.text)" } ?? ""]).joined(separator: "; ")
  }
}
