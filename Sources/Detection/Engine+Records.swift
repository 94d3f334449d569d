import AccessLog

/// What a record goes through: whose it is, of which class, and who counts it.
extension Engine {
  /// Finds out who calls, and of which class the requests are, for many records in a row: the
  /// looks do not wait for each other, as they would between the counting.
  mutating func look(_ ready: [RecordQueue.Reference]) {
    lookups.removeAll(keepingCapacity: true)
    lookups.reserveCapacity(ready.count)
    for index in ready.indices {
      let slot = Int(ready[index].batch) - queue.firstBatch
      let place = Int(ready[index].index)
      let id = classID(slot, place)
      lookups.append(Lookup(key: key(slot, place), classID: UInt32(id)))
    }
  }

  struct Lookup: Sendable {
    var key: UInt32
    var classID: UInt32
  }

  mutating func process(_ reference: RecordQueue.Reference, _ lookup: Lookup) {
    let second = reference.time / 1000
    if second != currentSecond { advance(to: second) }
    statistics.note(reference.time)
    let slot = Int(reference.batch) - queue.firstBatch
    queue.batches[slot].referenceCount -= 1
    let subscribers = classifier.subscribers(of: Int(lookup.classID))
    guard usage.isOn || !subscribers.isEmpty else { return }
    let caller =
      lookup.key == KeyTable.nobody
      ? .nobody : context.keys.caller(lookup.key, at: reference.time)
    if usage.isOn { countUsage(reference, slot, caller) }
    let record = RecordPlace(
      time: reference.time, second: second, slot: slot, index: Int(reference.index),
      caller: caller, weight: sampling.weights[queue.batches[slot].source])
    for number in subscribers { feed(classifier.subscriber(number), record) }
  }

  private mutating func countUsage(
    _ reference: RecordQueue.Reference, _ slot: Int, _ caller: KeyTable.Caller
  ) {
    if usage.isHourOver(at: reference.time) { usage.closeHour(context.keys) }
    // Usage is told as it came, so a record stands for all that its source did not log.
    let weight = sampling.factors[queue.batches[slot].source]
    usage.count(
      &queue.batches[slot], Int(reference.index), weight, at: reference.time, caller)
  }

  @inline(__always)
  private mutating func classID(_ slot: Int, _ index: Int) -> Int {
    let key = ClassCache.key(
      route: queue.batches[slot].batch.route[index],
      method: queue.batches[slot].batch.method[index],
      status: queue.batches[slot].batch.status[index],
      flags: queue.batches[slot].batch.flags[index])
    let known = Int(queue.batches[slot].classes.value(for: key))
    let id =
      known >= 0
      ? known
      : classifier.decide(
        queue.batches[slot].batch, index, key, &queue.batches[slot].classes)
    guard classifier.isUndecided(id) else { return id }
    return classifier.refine(id, queue.batches[slot].batch, index)
  }

  /// What subscribers need to know of a record.
  private struct RecordPlace {
    var time: Int64
    var second: Int64
    var slot: Int
    var index: Int
    var caller: KeyTable.Caller
    /// What the record counts.
    var weight: Int32
  }

  @inline(__always)
  private mutating func key(_ slot: Int, _ index: Int) -> UInt32 {
    let symbol = queue.batches[slot].batch.key[index]
    guard symbol != .none else { return KeyTable.nobody }
    let known = queue.batches[slot].keys[Int(symbol.index)]
    return known != RecordQueue.unmapped ? known : mapKey(slot, symbol)
  }

  private mutating func mapKey(_ slot: Int, _ symbol: Symbol) -> UInt32 {
    let key = context.keys.index(for: symbol, of: queue.batches[slot].batch.keys)
    // Who found no room is asked for each time, so that its records are counted one by one.
    if key != KeyTable.nobody { queue.batches[slot].keys[Int(symbol.index)] = key }
    return key
  }

  private mutating func feed(
    _ subscriber: RequestClassifier.Subscriber, _ record: RecordPlace
  ) {
    switch subscriber {
    case .volume(let index):
      guard let entity = entity(volumes[index].per, record) else { return }
      if volumes[index].count(entity, record.weight, at: record.second, &context) {
        volumes[index].keepEvidence(evidence(record), for: entity)
      }
    case .tier(let index): feedTier(index, record)
    case .tally(let index): feedTally(index, record)
    case .tallyPart(let index):
      guard let entity = entity(tallies[index].per, record) else { return }
      if tallies[index].countPart(entity, record.weight) {
        tallies[index].keepEvidence(evidence(record), for: entity)
      }
    case .precursorStep(let index, let step):
      guard let entity = entity(precursors[index].per, record),
        let value = joinValue(precursors[index].plan.same, record)
      else { return }
      precursors[index].addPrecursor(entity, step: step, time: record.time, value: value)
    case .precursorTarget(let index):
      guard let entity = entity(precursors[index].per, record),
        let value = joinValue(precursors[index].plan.same, record)
      else { return }
      if precursors[index].addTarget(entity, time: record.time, value: value) {
        precursors[index].keepEvidence(evidence(record), for: entity)
      }
    }
  }

  private mutating func feedTier(_ index: Int, _ record: RecordPlace) {
    let key = record.caller.key
    guard record.caller.tier >= 0 else { return }
    let isThrottled =
      queue.batches[record.slot].batch.flags[record.index].contains(.throttled)
    let isNotable = tiers[index].count(
      key, tier: Int(record.caller.tier), isThrottled: isThrottled, second: record.second,
      weight: record.weight)
    if isNotable, tiers[index].wantsEvidence(for: key, at: record.second) {
      tiers[index].keepEvidence(evidence(record), for: key, at: record.second)
    }
  }

  private mutating func feedTally(_ index: Int, _ record: RecordPlace) {
    guard let entity = entity(tallies[index].per, record) else { return }
    let isNotable: Bool
    switch tallies[index].counted {
    case .requests:
      isNotable = tallies[index].count(
        entity, Int64(record.weight), at: record.second, &context)
    case .amount(let field):
      let amount = amount(field, record)
      isNotable = tallies[index].count(entity, amount, at: record.second, &context)
    case .values(let field):
      guard let value = value(field, record) else { return }
      isNotable = tallies[index].countValue(entity, value, at: record.second, &context)
    }
    if isNotable { tallies[index].keepEvidence(evidence(record), for: entity) }
  }

  /// What a record and those that it stands for have in a field; no more than a tebibyte is
  /// believed.
  private func amount(_ field: FieldSlot, _ record: RecordPlace) -> Int64 {
    let one = queue.batches[record.slot].batch.number(field, at: record.index) ?? 0
    return Int64(min(max(0, one) * Double(record.weight), 0x1p40))
  }

  /// The hash of a value that is told apart from others; `nil` where the record has none.
  private func value(_ field: Measure.DistinctField, _ record: RecordPlace) -> UInt64? {
    switch field {
    // Indices are small and follow each other: the odd factor spreads them, and keeps them apart.
    case .key:
      record.caller.key == KeyTable.nobody
        ? nil : (UInt64(record.caller.key) + 1) &* 0x9e37_79b9_7f4a_7c15
    case .field(let field): joinValue(field, record)
    }
  }

  /// The hash of the field in which target and precursors must agree; 0 where none is asked
  /// for, `nil` where the record has none.
  private func joinValue(_ field: RequestField?, _ record: RecordPlace) -> UInt64? {
    guard let field else { return 0 }
    return field.valueHash(
      of: queue.batches[record.slot].batch, at: record.index, hash: options.hash)
  }

  @inline(__always)
  private mutating func entity(_ per: Per, _ record: RecordPlace) -> Entity? {
    guard let second = per.second else { return entity(per.type, record) }
    return pair(per.type, second, record)
  }

  private mutating func pair(
    _ first: EntityType, _ second: EntityType, _ record: RecordPlace
  ) -> Entity? {
    guard let first = entity(first, record), let second = entity(second, record) else {
      return nil
    }
    return context.pairs.entity(of: first, and: second)
  }

  private mutating func entity(_ type: EntityType, _ record: RecordPlace) -> Entity? {
    switch type {
    case .key:
      guard record.caller.key != KeyTable.nobody else { return nil }
      return Entity(
        type: record.caller.isAddress ? .clientIP : .key, index: record.caller.key)
    case .supplier:
      guard record.caller.supplier >= 0 else { return nil }
      return Entity(type: .supplier, index: UInt32(record.caller.supplier))
    case .application:
      return context.keys.application(ofRow: record.caller.row).map {
        Entity(type: .application, index: UInt32($0))
      }
    case .tier:
      guard record.caller.tier >= 0 else { return nil }
      return Entity(type: .tier, index: UInt32(record.caller.tier))
    case .global: return .all
    case .pair: return nil
    case .clientIP, .network:
      return entityResolver.addressEntity(
        type, queue.batches[record.slot].batch, record.index, &context)
    case .route, .api, .version:
      return entityResolver.routeEntity(
        type, &queue.batches[record.slot], record.index, &context)
    }
  }

  private func evidence(_ record: RecordPlace) -> EvidenceLine {
    let source = queue.batches[record.slot].source
    let standIn =
      record.caller.key == KeyTable.nobody
      ? "" : context.keys.name(of: record.caller.key, at: record.time)
    let batch = queue.batches[record.slot].batch
    return EvidenceLine(
      source: sources[source].name,
      line: sources[source].parser.maskedLine(record.index, of: batch, standIn: standIn),
      lineHash: batch.withText(batch.line[record.index]) { Secrets.hash(of: $0, options.hash) },
      segmentIndex: batch.segmentIndex,
      offset: batch.startOffset + Int64(batch.line[record.index].start),
      isUnverified: batch.isUnverified)
  }
}
