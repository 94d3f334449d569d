import AccessLog

/// What one kind of request feeds: decided once for each combination of route, method, status
/// and flags, not once a record.
struct RequestClassifier: Sendable {
  /// Something that wants to see some requests.
  enum Subscriber: Hashable, Sendable {
    case volume(Int)
    case tier(Int)
    case precursorTarget(Int)
    case precursorStep(Int, step: Int)
    case tally(Int)
    case tallyPart(Int)
  }

  struct Subscription: Sendable {
    var subscriber: Subscriber
    var filter: RequestFilter
  }

  /// The subscribers of a combination; `undecided` of them must be asked for each record.
  private struct Class: Sendable {
    fileprivate var subscribers: Range<Int>
    fileprivate var bits: [UInt64]
    fileprivate var undecided: [Int]
    /// Classes of the answers, a bit each, where there are no more than fit.
    fileprivate var refined: [UInt64: Int32] = [:]  // looked up, never iterated
  }

  /// Combinations whose class is remembered over batches; then they are forgotten, as they can be
  /// decided again. Clients choose paths, so that there may be any number.
  static let combinationCountMax = 65_536

  private let subscriptions: [Subscription]
  private let conditions: ClassConditions
  private let hash: SipHash
  private var classes: [Class] = []
  /// The subscribers of all classes, end to end.
  private var subscribers: [Subscriber] = []
  private var classOfBits: [[UInt64]: Int32] = [:]  // looked up, never iterated
  private var classOfCombination: [Combination: Int32] = [:]  // looked up, never iterated

  init(_ subscriptions: [Subscription], hash: SipHash) {
    self.subscriptions = subscriptions
    self.hash = hash
    conditions = ClassConditions(subscriptions.map(\.filter))
  }

  /// Finds out the class of a combination that its batch has not seen before. What was decided for
  /// another batch is known by its texts, so that many rules cost no more with each batch.
  mutating func decide(
    _ batch: borrowing RecordBatch, _ index: Int, _ key: UInt64, _ cache: inout ClassCache
  ) -> Int {
    let combination = Combination(batch, index, key, hash)
    if let known = classOfCombination[combination] {
      cache.insert(key, known)
      return Int(known)
    }
    let id = Int32(classID(for: conditions.bits(batch, index)))
    if classOfCombination.count >= Self.combinationCountMax { classOfCombination.removeAll() }
    classOfCombination[combination] = id
    cache.insert(key, id)
    return Int(id)
  }

  var classCount: Int { classes.count }

  /// Who wants to see requests of the class: numbers for ``subscriber(_:)``.
  @inline(__always)
  func subscribers(of id: Int) -> Range<Int> { classes[id].subscribers }

  @inline(__always)
  func subscriber(_ number: Int) -> Subscriber { subscribers[number] }

  /// Whether expressions of the class must be asked for each record.
  @inline(__always)
  func isUndecided(_ id: Int) -> Bool { !classes[id].undecided.isEmpty }

  /// Asks the expressions that read more than the combination, for one record.
  mutating func refine(
    _ id: Int, _ batch: borrowing RecordBatch, _ index: Int
  ) -> Int {
    let count = classes[id].undecided.count
    guard count <= 64 else { return refineMany(id, batch, index) }
    var answers: UInt64 = 0
    for place in 0..<count where isTrue(classes[id].undecided[place], batch, index) {
      answers |= 1 << UInt64(place)
    }
    if answers == .max >> UInt64(64 - count) { return id }
    if let known = classes[id].refined[answers] { return Int(known) }
    var bits = classes[id].bits
    for (place, number) in classes[id].undecided.enumerated()
    where answers & 1 << UInt64(place) == 0 {
      bits[number / 64] &= ~(1 << UInt64(number % 64))
    }
    let refined = classID(for: bits, isRefined: true)
    classes[id].refined[answers] = Int32(refined)
    return refined
  }

  private mutating func refineMany(
    _ id: Int, _ batch: borrowing RecordBatch, _ index: Int
  ) -> Int {
    var bits = classes[id].bits
    for number in classes[id].undecided where !isTrue(number, batch, index) {
      bits[number / 64] &= ~(1 << UInt64(number % 64))
    }
    return bits == classes[id].bits ? id : classID(for: bits, isRefined: true)
  }

  @inline(__always)
  private func isTrue(_ number: Int, _ batch: borrowing RecordBatch, _ index: Int) -> Bool {
    subscriptions[number].filter.expression?.isTrue(of: batch, at: index) ?? true
  }

  private mutating func classID(for bits: [UInt64], isRefined: Bool = false) -> Int {
    // A refined class has nothing left to ask, so it must not be taken for a combination's.
    let key = isRefined ? bits + [1] : bits
    if let known = classOfBits[key] { return Int(known) }
    let numbers = subscriptions.indices.filter { bits[$0 / 64] & (1 << UInt64($0 % 64)) != 0 }
    let undecided = numbers.filter {
      !isRefined && subscriptions[$0].filter.expression?.isDecidedByClass == false
    }
    let start = subscribers.count
    subscribers += numbers.map { subscriptions[$0].subscriber }
    classes.append(
      Class(subscribers: start..<subscribers.count, bits: bits, undecided: undecided))
    classOfBits[key] = Int32(classes.count - 1)
    return classes.count - 1
  }

  /// A route and a method by their keyed hashes, which mean the same in every batch, with what a
  /// batch's own key says of status and flags.
  private struct Combination: Hashable {
    var route: UInt128
    var method: UInt128
    var rest: UInt64

    init(
      _ batch: borrowing RecordBatch, _ index: Int, _ key: UInt64, _ hash: SipHash
    ) {
      func word(_ text: Span<UInt8>) -> UInt128 {
        let (high, low) = hash.hash128(text)
        return UInt128(high) << 64 | UInt128(low)
      }
      let symbols = (route: batch.route[index], method: batch.method[index])
      // No text hashes to 0 but by a chance that nobody will meet.
      route = symbols.route == .none ? 0 : batch.routes.withText(of: symbols.route, word)
      method = symbols.method == .none ? 0 : batch.texts.withText(of: symbols.method, word)
      rest = ClassCache.rest(of: key)
    }
  }
}

/// From a combination of a batch's symbols to its class; one a batch, because symbols mean
/// nothing outside their batch.
struct ClassCache: Sendable {
  private var keys: [UInt64]
  private var values: [Int32]
  private var count = 0

  private static let free = UInt64.max

  init() {
    keys = Array(repeating: Self.free, count: 256)
    values = Array(repeating: -1, count: 256)
  }

  @inline(__always)
  static func key(
    route: Symbol, method: Symbol, status: UInt16, flags: RecordBatch.Flags
  ) -> UInt64 {
    let relevant = flags.intersection([.throttled, .notHTTP]).rawValue
    return UInt64(route.index & 0xff_ffff) << 40 | UInt64(method.index & 0xffff) << 24
      | UInt64(status) << 8 | UInt64(relevant)
  }

  /// What of a key means the same in every batch: status and flags.
  static func rest(of key: UInt64) -> UInt64 { key & 0xff_ffff }

  /// The class, or -1.
  @inline(__always)
  func value(for key: UInt64) -> Int32 {
    var slot = Self.slot(key, keys.count)
    while keys[slot] != Self.free {
      if keys[slot] == key { return values[slot] }
      slot = (slot + 1) & (keys.count - 1)
    }
    return -1
  }

  mutating func insert(_ key: UInt64, _ value: Int32) {
    if count * 2 >= keys.count { grow() }
    var slot = Self.slot(key, keys.count)
    while keys[slot] != Self.free { slot = (slot + 1) & (keys.count - 1) }
    keys[slot] = key
    values[slot] = value
    count += 1
  }

  private mutating func grow() {
    let oldKeys = keys
    let oldValues = values
    keys = Array(repeating: Self.free, count: oldKeys.count * 2)
    values = Array(repeating: -1, count: keys.count)
    count = 0
    for slot in oldKeys.indices where oldKeys[slot] != Self.free {
      insert(oldKeys[slot], oldValues[slot])
    }
  }

  private static func slot(_ key: UInt64, _ capacity: Int) -> Int {
    Int(truncatingIfNeeded: (key &* 0x9e37_79b9_7f4a_7c15) >> 32) & (capacity - 1)
  }
}
