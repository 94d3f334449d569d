package import AccessLog
package import Baselines

/// All pages of a snapshot, being written or read: one description of the state serves both.
package struct SnapshotBook: Sendable {
  package let isReading: Bool
  package private(set) var pages: [SnapshotPage] = []
  /// The first thing that was wrong; from there on nothing is read.
  package private(set) var fault: SnapshotFault?
  private var places: [SnapshotPage.Name: Int] = [:]  // looked up, never iterated
  private let hash: SipHash
  private let seal: SnapshotSeal

  /// Elements of an array in one page.
  package static let blockCount = 512
  private static let magic: UInt64 = 0x6874_6377_6c6c_6f74  // "tollwtch"
  private static let version = 1

  package init(hash: SipHash, seal: SnapshotSeal) {
    isReading = false
    self.hash = hash
    self.seal = seal
  }

  package init(
    reading bytes: [UInt8], hash: SipHash, seal: SnapshotSeal
  ) throws(SnapshotFault) {
    isReading = true
    self.hash = hash
    self.seal = seal
    var coder = StateCoder(reading: bytes)
    try Self.checkHead(&coder, hash)
    while !coder.isDone {
      guard let page = SnapshotPage(reading: &coder) else {
        throw .damaged(section: pages.last?.name.section ?? "")
      }
      places[page.name] = pages.count
      pages.append(page)
    }
  }

  /// What stands before the pages.
  package static func head(_ hash: SipHash) -> [UInt8] {
    var coder = StateCoder()
    var magic = Self.magic
    var version = Self.version
    var mark = Self.mark(of: hash)
    coder.word(&magic)
    coder.code(&version)
    coder.word(&mark)
    return coder.bytes
  }

  package func bytes() -> [UInt8] {
    var bytes = Self.head(hash)
    for page in pages { bytes += page.bytes }
    return bytes
  }

  private static func checkHead(
    _ coder: inout StateCoder, _ hash: SipHash
  ) throws(SnapshotFault) {
    var magic: UInt64 = 0
    var version = 0
    var mark: UInt64 = 0
    coder.word(&magic)
    guard magic == Self.magic else { throw .notASnapshot }
    coder.code(&version)
    guard version > 0, version <= Self.version else { throw .version(version) }
    coder.word(&mark)
    guard !coder.isDamaged else { throw .damaged(section: "") }
    guard mark == Self.mark(of: hash) else { throw .otherKey }
  }

  /// Tells the installation's keys apart, and nothing of them.
  private static func mark(of hash: SipHash) -> UInt64 {
    let word = Array("snapshot".utf8)
    return hash.hash(word.span, tag: 3)
  }

  // MARK: - pages

  /// Writes or reads page `number` of `section` with `body`.
  package mutating func page(
    _ section: SnapshotSection, _ number: Int = 0, _ body: (inout StateCoder) -> Void
  ) {
    guard isReading else { return write(section, number, body) }
    guard fault == nil else { return }
    let name = SnapshotPage.Name(section: section.rawValue, number: number)
    guard let place = places[name], pages[place].isWhole(hash) else { return damage(section) }
    guard (1...section.version).contains(pages[place].version) else {
      fault = .version(pages[place].version)
      return
    }
    let content = pages[place].content
    guard let opened = section.holdsLogText ? seal.open(content) : content else {
      return damage(section)
    }
    var coder = StateCoder(reading: opened, version: pages[place].version)
    body(&coder)
    if !coder.isDone { damage(section) }
  }

  private mutating func write(
    _ section: SnapshotSection, _ number: Int, _ body: (inout StateCoder) -> Void
  ) {
    var coder = StateCoder(version: section.version)
    body(&coder)
    let content = section.holdsLogText ? seal.close(coder.bytes) : coder.bytes
    let name = SnapshotPage.Name(section: section.rawValue, number: number)
    let other = places.updateValue(pages.count, forKey: name)
    precondition(other == nil, "a page has a name of its own")
    pages.append(SnapshotPage(name, version: section.version, content: content, hash: hash))
  }

  package mutating func damage(_ section: SnapshotSection) {
    refuse(.damaged(section: section.rawValue))
  }

  package mutating func refuse(_ reason: SnapshotFault) {
    if fault == nil { fault = reason }
  }

  /// What was read must fulfil `condition`.
  package mutating func require(_ condition: Bool, _ section: SnapshotSection) {
    if isReading, !condition { damage(section) }
  }

  /// Many elements in pages of ``blockCount``, or of `perPage`, so that what changes in one place
  /// changes one page. `part` is the monitor or table that they are of.
  ///
  /// - Parameters:
  ///   - count: How many are written; when reading, as many come as were written.
  ///   - body: Writes the element of an index, or reads it and appends it.
  package mutating func elements(
    _ section: SnapshotSection, _ part: Int, perPage: Int = Self.blockCount, count: Int,
    _ body: (Int, inout StateCoder) -> Void
  ) {
    var start = 0
    var isLast = false
    while !isLast, fault == nil {
      var end = min(count, start + perPage)
      isLast = end == count
      page(section, part << 32 | start / perPage) { coder in
        var pageCount = end - start
        coder.code(&isLast)
        coder.code(&pageCount)
        coder.require((isLast ? 0 : perPage)...perPage ~= pageCount)
        end = start + pageCount
        var index = start
        while index < end, !coder.isDamaged {
          body(index, &coder)
          index += 1
        }
      }
      start += perPage
    }
  }

  /// An array as ``elements(_:_:perPage:count:_:)``.
  package mutating func blocks<Element>(
    _ section: SnapshotSection, _ part: Int, perPage: Int = Self.blockCount,
    _ values: inout [Element], blank: @autoclosure () -> Element,
    _ body: (inout Element, inout StateCoder) -> Void
  ) {
    let isReading = isReading
    var array = isReading ? [] : values
    elements(section, part, perPage: perPage, count: array.count) { index, coder in
      var value = isReading ? blank() : array[index]
      body(&value, &coder)
      if isReading { array.append(value) }
    }
    if isReading { values = array }
  }
}

/// How log text is kept from whoever reads a snapshot: the edge knows ciphers, the core none.
public struct SnapshotSeal: Sendable {
  public var close: @Sendable ([UInt8]) -> [UInt8]
  /// `nil` where the bytes are not what `close` made.
  public var open: @Sendable ([UInt8]) -> [UInt8]?

  public init(
    close: @escaping @Sendable ([UInt8]) -> [UInt8],
    open: @escaping @Sendable ([UInt8]) -> [UInt8]?
  ) {
    self.close = close
    self.open = open
  }

  /// Log text stands in the snapshot as it is.
  public static let none = SnapshotSeal(close: { $0 }, open: { $0 })
}
