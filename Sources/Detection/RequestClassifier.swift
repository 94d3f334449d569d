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
  }

  private let subscriptions: [Subscription]
  private var classes: [Class] = []
  /// The subscribers of all classes, end to end.
  private var subscribers: [Subscriber] = []
  private var classOfBits: [[UInt64]: Int32] = [:]  // looked up, never iterated

  init(_ subscriptions: [Subscription]) { self.subscriptions = subscriptions }

  /// Finds out the class of a combination that its batch has not seen before.
  mutating func decide(
    _ batch: borrowing RecordBatch, _ index: Int, _ key: UInt64, _ cache: inout ClassCache
  ) -> Int {
    var bits = [UInt64](repeating: 0, count: (subscriptions.count + 63) / 64)
    for (number, subscription) in subscriptions.enumerated() {
      guard Self.matches(subscription.filter, batch, index) else { continue }
      bits[number / 64] |= 1 << UInt64(number % 64)
    }
    let id = classID(for: bits)
    cache.insert(key, Int32(id))
    return id
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
    var bits = classes[id].bits
    for number in classes[id].undecided {
      guard let expression = subscriptions[number].filter.expression else { continue }
      if !expression.isTrue(of: batch, at: index) {
        bits[number / 64] &= ~(1 << UInt64(number % 64))
      }
    }
    return bits == classes[id].bits ? id : classID(for: bits, isRefined: true)
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

  /// Method and route decide; an expression only where it reads nothing else.
  private static func matches(
    _ filter: RequestFilter, _ batch: borrowing RecordBatch, _ index: Int
  ) -> Bool {
    guard filter.matchers.isEmpty || matchesAny(filter.matchers, batch, index) else {
      return false
    }
    guard let expression = filter.expression, expression.isDecidedByClass else { return true }
    return expression.isTrue(of: batch, at: index)
  }

  private static func matchesAny(
    _ matchers: [RequestMatcher], _ batch: borrowing RecordBatch, _ index: Int
  ) -> Bool {
    let route = batch.route[index]
    let method = batch.method[index]
    guard route != .none else { return false }
    for matcher in matchers {
      let isMethod =
        matcher.methods.isEmpty
        || (method != .none && matcher.methods.contains(batch.texts[method]))
      if isMethod, batch.routes.withText(of: route, { matcher.glob.matches($0) }) { return true }
    }
    return false
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
