public import AccessLog
public import Detection

/// Follows one entity through the records of logs.
public struct EntityTrace: Sendable {
  /// Hours that are told apart: ten years.
  static let hourCountMax = 87_600
  static let nameCountMax = 20_000
  static let requestCountMax = 10
  /// Entries of each list.
  public static let listedCountMax = 10

  public let target: TraceTarget
  /// Requests in hours that found no room.
  public private(set) var refusedHourCount = 0
  private let registry: KeyRegistry
  private let span: Range<Int64>
  private let fingerprint: @Sendable ([UInt8]) -> String
  private let rowsByIdentity: [KeyRegistry.Identity: [Int]]
  /// By what the text was found to be: a caller or a supplier, an address, a network; or an id.
  private var tally: Tally
  private var requestIDTally: Tally
  private var requests: [EntityHistory.Request] = []
  /// All callers that have names, for those who mistyped one.
  private var seenNames: BoundedNames
  private var seenNameTexts: [String] = []

  /// - Parameter span: records outside of it are left out.
  public init(
    _ target: TraceTarget, registry: KeyRegistry, hash: SipHash,
    span: (from: EventTime?, to: EventTime?) = (nil, nil),
    fingerprint: @escaping @Sendable ([UInt8]) -> String
  ) {
    self.target = target
    self.registry = registry
    let (from, to) = (span.from?.milliseconds ?? .min, span.to?.milliseconds ?? .max)
    self.span = from..<max(from, to)
    self.fingerprint = fingerprint
    var rows: [KeyRegistry.Identity: [Int]] = [:]
    for (index, key) in registry.keys.enumerated() {
      for identity in key.identities { rows[identity, default: []].append(index) }
    }
    rowsByIdentity = rows
    tally = Tally(hash: hash)
    requestIDTally = Tally(hash: hash)
    seenNames = BoundedNames(hash: hash, countMax: Self.nameCountMax)
  }

  /// Columns that a batch must have.
  public static let columns: RecordColumns = [.userAgent, .requestID]

  // MARK: - Records

  /// Takes a batch of `source`, whose lines `parser` read from `file`.
  public mutating func observe(
    _ batch: borrowing RecordBatch, source: String, file: String, parser: BlockParser
  ) {
    let callers = callers(of: batch)
    for index in 0..<batch.count where span.contains(batch.time[index]) {
      let symbol = batch.key[index]
      let caller = symbol == .none ? nil : callers[Int(symbol.index)]
      if matches(index, batch, caller) {
        tally.add(index, batch, caller: caller?.name, &refusedHourCount)
      }
      guard isRequest(index, batch) else { continue }
      requestIDTally.add(index, batch, caller: caller?.name, &refusedHourCount)
      guard requests.count < Self.requestCountMax else { continue }
      requests.append(
        EntityHistory.Request(
          time: EventTime(milliseconds: batch.time[index]), source: source, file: file,
          offset: batch.startOffset + Int64(batch.line[index].start),
          maskedLine: parser.maskedLine(index, of: batch, standIn: caller?.name ?? "***")))
    }
  }

  /// What a key symbol of a batch stands for.
  private struct Caller {
    /// As shown: the registry's name, the name in the log, or a fingerprint.
    var name: String
    var isTarget: Bool
    /// Rows of the registry that belong to the supplier.
    var supplierRows: [Int]
  }

  private mutating func callers(of batch: borrowing RecordBatch) -> [Caller] {
    (0..<batch.keys.count).map { number in
      let symbol = Symbol(index: UInt32(number))
      let kind = RecordBatch.IdentityKind(rawValue: batch.keys.tag(of: symbol)) ?? .secret
      let text = batch.keys[symbol]
      guard kind != .address else {
        return Caller(name: text, isTarget: false, supplierRows: [])
      }
      let shown = kind == .secret ? fingerprint(batch.keys.bytes(of: symbol)) : text
      if kind == .name { note(text) }
      let identity: KeyRegistry.Identity = kind == .secret ? .fingerprint(shown) : .name(shown)
      let rows = rowsByIdentity[identity] ?? []
      return Caller(
        name: rows.last.flatMap { registry.keys[$0].name } ?? shown,
        isTarget: (kind == .secret ? target.fingerprints : target.names).contains(shown),
        supplierRows: rows.filter { registry.keys[$0].supplier == target.supplier })
    }
  }

  private mutating func note(_ name: String) {
    let bytes = Array(name.utf8)
    let index = seenNames.index(for: bytes.span)
    if Int(index) > seenNameTexts.count { seenNameTexts.append(name) }
  }

  private func matches(
    _ index: Int, _ batch: borrowing RecordBatch, _ caller: Caller?
  ) -> Bool {
    switch target.kind {
    case .address:
      // A host name in the log is no address, and equals none.
      guard let wanted = target.address else { return false }
      return batch.withText(batch.address[index]) { IPAddress(parsing: $0) } == wanted
    case .network:
      guard let network = target.network else { return false }
      return batch.withText(batch.address[index]) { network.contains($0) }
    case .supplier:
      guard target.supplier != nil, let caller else { return false }
      return caller.supplierRows.contains { isValid($0, at: batch.time[index]) }
    case .requestID: return false
    case .key, nil: return caller?.isTarget == true
    }
  }

  private func isValid(_ row: Int, at time: Int64) -> Bool {
    let key = registry.keys[row]
    if let from = key.validFrom, time < from.milliseconds { return false }
    if let to = key.validTo, time >= to.milliseconds { return false }
    return true
  }

  private func isRequest(_ index: Int, _ batch: borrowing RecordBatch) -> Bool {
    guard target.kind == nil || target.kind == .requestID,
      Int(batch.requestID[index].count) == target.text.utf8.count
    else { return false }
    return batch.text(batch.requestID[index]) == target.text
  }

  // MARK: - What it found

  /// `nil` where nothing was found.
  public func history() -> EntityHistory? {
    if tally.requestCount > 0 {
      var history = EntityHistory(kind: target.kind ?? .key, name: shownName)
      tally.fill(&history)
      return history
    }
    guard requestIDTally.requestCount > 0 else { return nil }
    var history = EntityHistory(kind: .requestID, name: target.text)
    requestIDTally.fill(&history)
    history.requests = requests
    return history
  }

  /// A raw key that was typed is not shown again.
  private var shownName: String {
    guard target.kind == nil || target.kind == .key else { return target.text }
    return tally.mainCaller ?? target.text
  }

  public var nearNames: [String] { target.nearNames(among: seenNameTexts) }

  /// Names under which alerts know the entity.
  public var alertEntities: Set<String> {
    target.kind == nil || target.kind == .key ? tally.callerNames : [target.text]
  }
}
