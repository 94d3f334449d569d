public import AccessLog
import Detection

/// Who calls, how much, how fast, from where and for what: one pass over records, from which a
/// registry is drafted. It judges nothing.
public struct TrafficSurvey: Sendable {
  /// Callers that are kept apart.
  public static let callerCountMax = 200_000
  static let nameCountMax = 20_000
  /// Client addresses that are counted exactly; of more the busiest are found, and the least that
  /// each sent.
  static let addressCountMax = 100_000
  /// Client addresses that have a number; what comes later is counted together.
  static let addressNameCountMax = 1_000_000

  public private(set) var recordCount = 0
  /// Records without identity: their client address is all that names the caller.
  public private(set) var unnamedRecordCount = 0
  /// Records of callers that found no room.
  public private(set) var refusedRecordCount = 0
  public private(set) var firstTime: EventTime?
  public private(set) var lastTime: EventTime?

  private let fingerprint: @Sendable ([UInt8]) -> String
  private let callerCountMax: Int
  private var symbols: SymbolTable
  private var tallies: [CallerTally] = []
  private var routes: BoundedNames
  private var networks: BoundedNames
  /// All requests by path alone, for the APIs.
  private var paths: BoundedNames
  private var pathCounts: [Int] = []
  /// Client addresses of records without identity.
  private var addresses: BoundedNames
  private var addressTally = TopTally(heldCountMax: addressCountMax)

  /// - Parameters:
  ///   - hash: for tables of log text.
  ///   - fingerprint: makes `key:…` of a secret.
  public init(hash: SipHash, fingerprint: @escaping @Sendable ([UInt8]) -> String) {
    self.init(hash: hash, callerCountMax: Self.callerCountMax, fingerprint: fingerprint)
  }

  init(
    hash: SipHash, callerCountMax: Int, fingerprint: @escaping @Sendable ([UInt8]) -> String
  ) {
    self.fingerprint = fingerprint
    self.callerCountMax = callerCountMax
    symbols = SymbolTable(hash: hash)
    routes = BoundedNames(hash: hash, countMax: Self.nameCountMax)
    networks = BoundedNames(hash: hash, countMax: Self.nameCountMax)
    paths = BoundedNames(hash: hash, countMax: Self.nameCountMax)
    addresses = BoundedNames(hash: hash, countMax: Self.addressNameCountMax)
  }

  // MARK: - Records

  package mutating func observe(_ batch: borrowing RecordBatch) {
    var known = KnownTexts(batch)
    for index in 0..<batch.count {
      recordCount += 1
      note(EventTime(milliseconds: batch.time[index]))
      // What the gateway refuses or has not got is no part of its interface, however many ask.
      if !(400..<500).contains(batch.status[index]), let path = path(of: index, batch, &known) {
        pathCounts[Int(path)] += 1
      }
      guard let caller = caller(of: index, batch) else { continue }
      let route = route(of: index, batch, &known)
      let network = network(of: index, batch)
      tallies[caller].add(
        time: batch.time[index], status: batch.status[index],
        isThrottled: batch.flags[index].contains(.throttled), route: route, network: network)
    }
  }

  /// What symbols of a batch stand for here, so that each is looked up once a batch.
  private struct KnownTexts {
    var paths: [UInt32?]
    /// By symbol of the route and of the method.
    var routes: [UInt64: UInt32] = [:]

    init(_ batch: borrowing RecordBatch) {
      paths = Array(repeating: nil, count: batch.routes.count)
    }
  }

  private mutating func note(_ time: EventTime) {
    firstTime = min(firstTime ?? time, time)
    lastTime = max(lastTime ?? time, time)
  }

  private mutating func caller(of index: Int, _ batch: borrowing RecordBatch) -> Int? {
    let symbol = batch.key[index]
    if symbol == .none || batch.flags[index].contains(.addressIdentity) {
      unnamedRecordCount += 1
      if !batch.address[index].isAbsent {
        addressTally.add(batch.withText(batch.address[index]) { addresses.index(for: $0) })
      }
      return nil
    }
    let mayAdd = tallies.count < callerCountMax
    guard let own = symbols.symbol(for: symbol, of: batch.keys, mayAdd: mayAdd) else {
      refusedRecordCount += 1
      return nil
    }
    if Int(own.index) == tallies.count { tallies.append(CallerTally()) }
    return Int(own.index)
  }

  private mutating func path(
    of index: Int, _ batch: borrowing RecordBatch, _ known: inout KnownTexts
  ) -> UInt32? {
    let symbol = batch.route[index]
    guard symbol != .none else { return nil }
    if let path = known.paths[Int(symbol.index)] { return path }
    let path = batch.routes.withText(of: symbol) { paths.index(for: $0) }
    while pathCounts.count <= Int(path) { pathCounts.append(0) }
    known.paths[Int(symbol.index)] = path
    return path
  }

  private mutating func route(
    of index: Int, _ batch: borrowing RecordBatch, _ known: inout KnownTexts
  ) -> UInt32? {
    let (path, method) = (batch.route[index], batch.method[index])
    guard path != .none else { return nil }
    let pair = UInt64(path.index) << 32 | UInt64(method.index)
    if let route = known.routes[pair] { return route }
    var text: [UInt8] = []
    if method != .none { text += batch.texts.bytes(of: method) + [UInt8(ascii: " ")] }
    text += batch.routes.bytes(of: path)
    let route = routes.index(for: text.span)
    known.routes[pair] = route
    return route
  }

  private mutating func network(of index: Int, _ batch: borrowing RecordBatch) -> UInt32? {
    let address = batch.address[index]
    guard !address.isAbsent else { return nil }
    let network = batch.withText(address) { IPAddress(parsing: $0)?.neighbourhood }
    guard let network else { return nil }
    return networks.index(for: network.span)
  }

  // MARK: - What it found

  /// The callers, those with most requests first.
  public mutating func callers() -> [SurveyedCaller] {
    var callers: [SurveyedCaller] = []
    for index in tallies.indices {
      tallies[index].seconds.finish()
      callers.append(caller(index))
    }
    return callers.sorted { ($1.requestCount, $0.name) < ($0.requestCount, $1.name) }
  }

  private func caller(_ index: Int) -> SurveyedCaller {
    let symbol = Symbol(index: UInt32(index))
    let isSecret = symbols.tag(of: symbol) == RecordBatch.IdentityKind.secret.rawValue
    let bytes = symbols.bytes(of: symbol)
    let name = isSecret ? fingerprint(bytes) : String(decoding: bytes, as: UTF8.self)
    return SurveyedCaller(
      name: name, isSecret: isSecret, tallies[index], network: { networks[$0] },
      route: { routes[$0] })
  }

  /// Paths in which ids became `{id}`, with their requests, the most frequent first.
  public var pathVolumes: [TextCount] {
    pathCounts.indices.dropFirst().filter { pathCounts[$0] > 0 }.map {
      TextCount(text: paths[UInt32($0)], count: pathCounts[$0])
    }.sorted { ($1.count, $0.text) < ($0.count, $1.text) }
  }

  /// Whether ``unnamedAddresses(_:)`` counts all that they sent.
  public var areUnnamedAddressesExact: Bool {
    addressTally.isExact && addresses.refusedCount == 0
  }

  /// Client addresses of records without identity, the most frequent first.
  public func unnamedAddresses(_ countMax: Int) -> [TextCount] {
    addressTally.top(countMax).map { TextCount(text: addresses[$0.index], count: $0.count) }
  }
}

/// A text, and how often it was seen.
public struct TextCount: Hashable, Sendable {
  public var text: String
  public var count: Int

  public init(text: String, count: Int) {
    self.text = text
    self.count = count
  }
}

/// What is counted for one caller.
struct CallerTally: Sendable {
  var requestCount = 0
  /// Answers from 400 on without those that throttle.
  var errorCount = 0
  var throttledCount = 0
  var firstTime: Int64 = .max
  var lastTime: Int64 = .min
  var seconds = SecondTally()
  var networks = TopTally()
  var routes = TopTally()

  mutating func add(
    time: Int64, status: UInt16, isThrottled: Bool, route: UInt32?, network: UInt32?
  ) {
    requestCount += 1
    if isThrottled {
      throttledCount += 1
    } else if status != .max, status >= 400 {
      errorCount += 1
    }
    firstTime = min(firstTime, time)
    lastTime = max(lastTime, time)
    seconds.add(second: time.floorDivided(by: 1000), isThrottled: isThrottled)
    if let route { routes.add(route) }
    if let network { networks.add(network) }
  }
}
