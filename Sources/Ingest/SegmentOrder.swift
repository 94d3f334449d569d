/// The segments of one source in the order in which they were written: by the first time stamp
/// inside, then the last one, then the rotation number (the higher the older), then the content.
/// Names of files decide only where there is no time, and the order of the arguments never.
///
/// What is there twice is read once: while a log is being rotated, the same lines stand in
/// `access.log.1` and in a half-written `access.log.1.gz`.
public struct SegmentOrder: Sendable {
  /// How many decompressed bytes a time stamp is looked for in, at the head and at the tail.
  public static let headBytesMax = 64 * 1024

  public struct Entry: Hashable, Sendable {
    public let segment: Segment
    /// What the caller's closure found in the head; nil for a lone pipe, which is not waited for.
    public let firstTime: Int64?
  }

  /// A segment whose content stands in another one as well.
  public struct Duplicate: Hashable, Sendable {
    public let skipped: Segment
    public let kept: Segment
    /// Whether they are the same; else the skipped one is the beginning of the other.
    public let isWhole: Bool
  }

  public private(set) var entries: [Entry] = []
  public private(set) var duplicates: [Duplicate] = []
  /// Segments that could not be opened, or not be read to the end for a comparison.
  public private(set) var problems: [IngestError] = []

  public var segments: [Segment] { entries.map(\.segment) }

  /// Looks at the head of each segment, and reads a segment in full only for a tie or a
  /// suspected duplicate. `firstTime` is given up to ``headBytesMax`` bytes from the start,
  /// `lastTime` as many before the end, cut anywhere in a line.
  public init(
    _ segments: [Segment], firstTime: ([UInt8]) -> Int64?, lastTime: ([UInt8]) -> Int64?
  ) {
    if segments.count == 1, segments[0].isStream {
      entries = [Entry(segment: segments[0], firstTime: nil)]
      return
    }
    var probes = probe(segments, firstTime)
    dropDuplicates(among: &probes)
    breakTies(among: &probes, lastTime)
    sort(&probes)
    entries = Self.placingUntimed(probes).map {
      Entry(segment: $0.segment, firstTime: $0.firstTime)
    }
    duplicates.sort { $0.skipped.path < $1.skipped.path }
    problems = Set(problems).sorted { ($0.path, $0.description) < ($1.path, $1.description) }
  }

  /// What is known of a segment while it is being placed.
  private struct Probe {
    let segment: Segment
    let firstTime: Int64?
    let fingerprint: Fingerprint
    /// The first bytes that the fingerprint is of, to find short duplicates by.
    let opening: [UInt8]
    var lastTime: Int64?
    var isTied = false

    static let openingBytesMax = 256
  }

  private mutating func probe(
    _ segments: [Segment], _ firstTime: ([UInt8]) -> Int64?
  ) -> [Probe] {
    var probes: [Probe] = []
    for segment in segments {
      do throws(IngestError) {
        let head = try segment.head(byteCountMax: Self.headBytesMax)
        let opening = Fingerprint.identifying(head).prefix(Probe.openingBytesMax)
        probes.append(
          Probe(
            segment: segment, firstTime: firstTime(head), fingerprint: Fingerprint(head: head),
            opening: Array(opening)))
      } catch {
        problems.append(error)
      }
    }
    return probes.sorted { $0.segment.path < $1.segment.path }
  }
}

// MARK: - Duplicates

extension SegmentOrder {
  private mutating func dropDuplicates(among probes: inout [Probe]) {
    // Sorted by their first bytes, those that begin alike stand side by side.
    let order = probes.indices.sorted {
      probes[$0].opening.lexicographicallyPrecedes(probes[$1].opening)
    }
    var dropped: Set<Int> = []
    for (position, a) in order.enumerated() where mayBeDuplicate(probes[a]) {
      for b in order[(position + 1)...] {
        guard probes[b].opening.starts(with: probes[a].opening) else { break }
        if dropped.contains(a) { break }
        if dropped.contains(b) || !Self.mayBeAlike(probes[a], probes[b]) { continue }
        if let loser = compare(a, b, probes) { dropped.insert(loser) }
      }
    }
    probes = probes.indices.filter { !dropped.contains($0) }.map { probes[$0] }
  }

  /// An empty segment is the beginning of every other, which tells nothing; a pipe cannot be
  /// read twice.
  private func mayBeDuplicate(_ probe: Probe) -> Bool {
    !probe.opening.isEmpty && !probe.segment.isStream
  }

  private static func mayBeAlike(_ a: Probe, _ b: Probe) -> Bool {
    if b.segment.isStream { return false }
    return !a.fingerprint.isFinal || !b.fingerprint.isFinal || a.fingerprint == b.fingerprint
  }

  /// The index of the one that the other contains, if one does; `a` and `b` are in no order.
  private mutating func compare(_ a: Int, _ b: Int, _ probes: [Probe]) -> Int? {
    let (first, second) = (min(a, b), max(a, b))
    let (firstSegment, secondSegment) = (probes[first].segment, probes[second].segment)
    guard let comparison = comparison(firstSegment, secondSegment) else { return nil }
    switch comparison {
    case .different: return nil
    case .firstIsPrefix:
      duplicates.append(
        Duplicate(skipped: firstSegment, kept: secondSegment, isWhole: false))
      return first
    case .same, .secondIsPrefix:
      let isWhole = comparison == .same
      duplicates.append(
        Duplicate(skipped: secondSegment, kept: firstSegment, isWhole: isWhole))
      return second
    }
  }

  private mutating func comparison(_ a: Segment, _ b: Segment) -> SegmentComparison? {
    do throws(IngestError) {
      return try SegmentComparison(a, b)
    } catch {
      problems.append(error)
      return nil
    }
  }
}

// MARK: - Order

extension SegmentOrder {
  /// Reads those to their end that share their first time stamp.
  private mutating func breakTies(
    among probes: inout [Probe], _ lastTime: ([UInt8]) -> Int64?
  ) {
    var counts: [Int64: Int] = [:]
    for probe in probes {
      if let time = probe.firstTime { counts[time, default: 0] += 1 }
    }
    for index in probes.indices where !probes[index].segment.isStream {
      guard let time = probes[index].firstTime, counts[time, default: 0] > 1 else { continue }
      do throws(IngestError) {
        let tail = try probes[index].segment.tail(byteCountMax: Self.headBytesMax)
        probes[index].lastTime = lastTime(tail)
      } catch {
        problems.append(error)
      }
    }
  }

  private func sort(_ probes: inout [Probe]) {
    probes.sort { a, b in
      if a.firstTime != b.firstTime { return Self.isEarlier(a.firstTime, b.firstTime) }
      if a.lastTime != b.lastTime { return Self.isEarlier(a.lastTime, b.lastTime) }
      if a.segment.rotation != b.segment.rotation { return a.segment.rotation > b.segment.rotation }
      return Self.isBefore(a.segment, b.segment)
    }
  }

  /// No time comes after every time.
  private static func isEarlier(_ a: Int64?, _ b: Int64?) -> Bool {
    guard let b else { return a != nil }
    guard let a else { return false }
    return a < b
  }

  private static func isBefore(_ a: Segment, _ b: Segment) -> Bool {
    guard !a.isStream, !b.isStream, let comparison = try? SegmentComparison(a, b) else {
      return a.path < b.path
    }
    return switch comparison {
    case .same: a.path < b.path
    case .firstIsPrefix: true
    case .secondIsPrefix: false
    case .different(let isAscending): isAscending
    }
  }

  /// Puts segments without a time where their rotation says: before the first one that is
  /// newer. Without a rotation they stay last.
  private static func placingUntimed(_ sorted: [Probe]) -> [Probe] {
    var placed = sorted.filter { $0.firstTime != nil }
    for probe in sorted where probe.firstTime == nil {
      let index =
        probe.segment.rotation == .live
        ? nil : placed.firstIndex { $0.segment.rotation < probe.segment.rotation }
      placed.insert(probe, at: index ?? placed.endIndex)
    }
    return placed
  }
}
