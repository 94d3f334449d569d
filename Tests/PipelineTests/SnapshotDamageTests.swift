import Baselines
import Testing

@testable import AccessLog
@testable import Detection
@testable import Pipeline

/// What stands on a disk may be cut off, damaged or of somebody else's.
@Suite struct SnapshotDamageTests {
  private static let seed: UInt64 = 7
  private static let traffic = SnapshotTraffic(seed: seed, dayCount: 1)

  /// Of a pipeline in the middle of its traffic.
  private static let bytes = pipeline(stepCount: 300).snapshot()

  private static func pipeline(stepCount: Int) -> Pipeline {
    var pipeline = traffic.pipeline()
    var outcome = SnapshotTests.Outcome()
    for step in traffic.steps.prefix(stepCount) {
      SnapshotTests.take(step, &pipeline, &outcome)
    }
    return pipeline
  }

  private func fault(of bytes: [UInt8]) -> SnapshotFault? {
    do throws(SnapshotFault) {
      _ = try Self.traffic.pipeline(restoring: bytes)
      return nil
    } catch {
      return error
    }
  }

  @Test func `a snapshot that was cut off is refused`() {
    #expect(fault(of: Self.bytes) == nil)
    var chance = Chance(state: Self.seed)
    let cuts = Array(0..<32) + (0..<30).map { _ in chance.below(Self.bytes.count) }
    for count in cuts {
      #expect(fault(of: Array(Self.bytes[..<count])) != nil, "\(count) bytes")
    }
    #expect(fault(of: Array(Self.bytes.dropLast())) != nil)
  }

  @Test func `a byte that was changed is noticed`() {
    var chance = Chance(state: Self.seed)
    for _ in 0..<60 {
      let place = chance.below(Self.bytes.count)
      var bytes = Self.bytes
      bytes[place] ^= UInt8(1 << chance.below(8))
      #expect(fault(of: bytes) != nil, "byte \(place)")
    }
  }

  @Test func `bytes that are no snapshot are called so`() {
    #expect(fault(of: []) == .notASnapshot)
    #expect(fault(of: Array("SQLite format 3".utf8)) == .notASnapshot)
  }

  @Test func `another installation's snapshot is refused`() {
    var options = Self.traffic.options
    options.hash = SipHash(key0: 3, key1: 4)
    #expect(throws: SnapshotFault.otherKey) {
      _ = try Pipeline(
        rules: Self.traffic.rules, registry: Self.traffic.registry, sources: Self.traffic.sources,
        options: options, restoring: Self.bytes)
    }
  }

  @Test func `a later release's snapshot is refused by its version`() {
    var bytes = Self.bytes
    bytes[8] = 18  // the lowest bit is the sign
    #expect(fault(of: bytes) == .version(9))
  }

  /// Whoever has the key can write anything; it must still lead to no trap.
  @Test func `pages of nonsense under a right checksum trap nowhere`() throws {
    var chance = Chance(state: Self.seed)
    let pages = Self.pipeline(stepCount: 300).state().pages()
    for _ in 0..<100 {
      var damaged = pages
      let index = chance.below(pages.count)
      damaged[index] = Self.changed(pages[index], &chance)
      _ = fault(of: Self.bytes(of: damaged))
    }
  }

  private static func changed(_ page: SnapshotPage, _ chance: inout Chance) -> SnapshotPage {
    var content = page.content
    switch chance.below(4) {
    case 0: content.removeLast(chance.below(content.count + 1))
    case 1:
      // The largest number in place of any: a count, an index.
      let place = chance.below(content.count + 1)
      content.replaceSubrange(
        place..<min(content.count, place + 1), with: Array(repeating: 0xff, count: 9) + [1])
    default:
      guard !content.isEmpty else { break }
      content[chance.below(content.count)] = UInt8(chance.below(256))
    }
    return SnapshotPage(
      page.name, version: page.version, content: content, hash: SnapshotTraffic.hash)
  }

  private static func bytes(of pages: [SnapshotPage]) -> [UInt8] {
    var coder = StateCoder()
    for page in pages { page.write(with: &coder) }
    return SnapshotBook.head(SnapshotTraffic.hash) + coder.bytes
  }

  @Test func `a page of a section that nobody knows is passed over`() {
    let pages = Self.pipeline(stepCount: 300).state().pages()
    let unknown = SnapshotPage(
      .init(section: "next", number: 3), version: 5, content: [1, 2, 3], hash: SnapshotTraffic.hash)
    #expect(fault(of: Self.bytes(of: [unknown] + pages)) == nil)
  }

  @Test func `a section of a later version is refused by it`() {
    let pages = Self.pipeline(stepCount: 300).state().pages().map { page in
      page.name.section == "base"
        ? SnapshotPage(page.name, version: 2, content: page.content, hash: SnapshotTraffic.hash)
        : page
    }
    #expect(fault(of: Self.bytes(of: pages)) == .version(2))
  }

  @Test func `pages that a store kept one by one are a snapshot in any order`() throws {
    let pages = Self.pipeline(stepCount: 300).state().pages()
    #expect(SnapshotPage.joined(pages.map(\.bytes), hash: SnapshotTraffic.hash) == Self.bytes)
    let mixed = SnapshotPage.joined(pages.reversed().map(\.bytes), hash: SnapshotTraffic.hash)
    #expect(try Self.traffic.pipeline(restoring: mixed).snapshot() == Self.bytes)
    #expect(Set(pages.map(\.name)).count == pages.count)
  }

  @Test func `what did not change is the same page`() {
    let before = Set(Self.pipeline(stepCount: 300).state().pages())
    let after = Self.pipeline(stepCount: 301).state().pages()
    #expect(after.count { before.contains($0) } > before.count / 2)
  }

  // MARK: - secrets

  @Test func `only the section of waiting lines holds secrets`() {
    let secret = Array("secret-".utf8)
    let pages = Self.pipeline(stepCount: 300).state().pages()
    let names = Set(pages.filter { $0.content.contains(secret) }.map(\.name.section))
    #expect(names == ["line"])
  }

  @Test func `a seal hides the lines that wait, and opens them`() throws {
    let seal = SnapshotSeal(close: { $0.map { $0 ^ 0x5a } }, open: { $0.map { $0 ^ 0x5a } })
    let bytes = Self.pipeline(stepCount: 300).snapshot(seal: seal)
    #expect(!bytes.contains(Array("secret-".utf8)))
    let pipeline = try Pipeline(
      rules: Self.traffic.rules, registry: Self.traffic.registry, sources: Self.traffic.sources,
      options: Self.traffic.options, restoring: bytes, seal: seal)
    #expect(pipeline.snapshot() == Self.bytes)
    #expect(throws: SnapshotFault.damaged(section: "line")) {
      let other = SnapshotSeal(close: { $0 }, open: { _ in nil })
      _ = try Pipeline(
        rules: Self.traffic.rules, registry: Self.traffic.registry, sources: Self.traffic.sources,
        options: Self.traffic.options, restoring: bytes, seal: other)
    }
  }
}
