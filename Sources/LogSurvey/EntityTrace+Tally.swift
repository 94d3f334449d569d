import AccessLog
import Detection

extension EntityTrace {
  /// What is counted of the records of one entity.
  struct Tally: Sendable {
    private(set) var requestCount = 0
    private var clientErrorCount = 0
    private var serverErrorCount = 0
    private var throttledCount = 0
    private var firstTime = Int64.max
    private var lastTime = Int64.min
    private var hours: [Int64: (requests: Int, errors: Int)] = [:]
    private var lists: [Named]
    private var statuses: [UInt16: Int] = [:]

    private enum Place: Int, CaseIterable {
      case callers, addresses, networks, routes, versions, agents

      var title: String {
        switch self {
        case .callers: "keys"
        case .agents: "user agents"
        default: "\(self)"
        }
      }
    }

    /// A list and the texts that its numbers stand for.
    private struct Named: Sendable {
      var names: BoundedNames
      var tally = TopTally(heldCountMax: 4096)

      mutating func add(_ text: Span<UInt8>) { tally.add(names.index(for: text)) }

      func list(_ title: String) -> EntityHistory.List? {
        guard tally.total > 0 else { return nil }
        let entries = tally.top(EntityTrace.listedCountMax).map {
          TextCount(text: names[$0.index], count: $0.count)
        }
        return EntityHistory.List(
          title: title, entries: entries,
          otherCount: tally.total - entries.reduce(0) { $0 + $1.count })
      }
    }

    init(hash: SipHash) {
      lists = Place.allCases.map { _ in
        Named(names: BoundedNames(hash: hash, countMax: EntityTrace.nameCountMax))
      }
    }

    mutating func add(
      _ index: Int, _ batch: borrowing RecordBatch, caller: String?, _ refusedHourCount: inout Int
    ) {
      let time = batch.time[index]
      let status = batch.status[index]
      let isThrottled = batch.flags[index].contains(.throttled)
      requestCount += 1
      if isThrottled { throttledCount += 1 }
      if (400..<500).contains(status) {
        clientErrorCount += 1
      } else if (500..<600).contains(status) {
        serverErrorCount += 1
      }
      if status != .max { statuses[status, default: 0] += 1 }
      firstTime = min(firstTime, time)
      lastTime = max(lastTime, time)
      addHour(time, isError: isThrottled || (400..<600).contains(status), &refusedHourCount)
      addTexts(index, batch, caller)
    }

    private mutating func addHour(_ time: Int64, isError: Bool, _ refusedCount: inout Int) {
      let hour = time.floorDivided(by: 3_600_000)
      guard hours[hour] != nil || hours.count < EntityTrace.hourCountMax else {
        refusedCount += 1
        return
      }
      hours[hour, default: (0, 0)].requests += 1
      if isError { hours[hour, default: (0, 0)].errors += 1 }
    }

    private mutating func addTexts(
      _ index: Int, _ batch: borrowing RecordBatch, _ caller: String?
    ) {
      if let caller, !batch.flags[index].contains(.addressIdentity) {
        let bytes = Array(caller.utf8)
        lists[Place.callers.rawValue].add(bytes.span)
      }
      if !batch.address[index].isAbsent {
        batch.withText(batch.address[index]) { address in
          guard let parsed = IPAddress(parsing: address) else { return }
          lists[Place.addresses.rawValue].add(address)
          let network = parsed.neighbourhood
          lists[Place.networks.rawValue].add(network.span)
        }
      }
      addRoute(index, batch)
      if !batch.userAgent[index].isAbsent {
        // Some clients say their credentials there.
        let agent = Array(batch.withText(batch.userAgent[index]) { Secrets.masked($0) }.utf8)
        lists[Place.agents.rawValue].add(agent.span)
      }
    }

    private mutating func addRoute(_ index: Int, _ batch: borrowing RecordBatch) {
      let (path, method) = (batch.route[index], batch.method[index])
      guard path != .none else { return }
      let bytes = batch.routes.bytes(of: path)
      var text = method == .none ? [] : batch.texts.bytes(of: method) + [UInt8(ascii: " ")]
      text += bytes
      lists[Place.routes.rawValue].add(text.span)
      if let version = RouteVersion.first(in: bytes) {
        lists[Place.versions.rawValue].add(version.span)
      }
    }

    // MARK: - What it found

    private var callers: EntityHistory.List? {
      lists[Place.callers.rawValue].list(Place.callers.title)
    }

    var mainCaller: String? { callers?.entries.first?.text }

    var callerNames: Set<String> { Set(callers?.entries.map(\.text) ?? []) }

    func fill(_ history: inout EntityHistory) {
      history.requestCount = requestCount
      history.clientErrorCount = clientErrorCount
      history.serverErrorCount = serverErrorCount
      history.throttledCount = throttledCount
      history.firstTime = EventTime(milliseconds: firstTime)
      history.lastTime = EventTime(milliseconds: lastTime)
      history.lists = Place.allCases.compactMap { lists[$0.rawValue].list($0.title) }
      let byCount = statuses.map { TextCount(text: "\($0)", count: $1) }
        .sorted { ($1.count, $0.text) < ($0.count, $1.text) }
      history.lists.append(
        EntityHistory.List(
          title: "statuses", entries: Array(byCount.prefix(EntityTrace.listedCountMax)),
          otherCount: byCount.dropFirst(EntityTrace.listedCountMax).reduce(0) { $0 + $1.count }))
      history.hours = hours.keys.sorted().map { hour in
        let counts = hours[hour] ?? (0, 0)
        return EntityHistory.Hour(
          index: hour, requestCount: counts.requests, errorCount: counts.errors)
      }
    }
  }
}
