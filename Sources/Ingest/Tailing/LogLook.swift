/// Looks at the files of one source again and again, and opens only what changed since.
///
/// A full look asks for every file, and costs more the more archives there are. As long as no folder
/// changed, a quick one asks for those alone that were written to lately. However many there are,
/// full looks take a hundredth of the time.
struct LogLook {
  /// What a full look found, and what shows that another one is needed.
  private struct Overview {
    var sightings: [FileSighting]
    /// Nil of those that are not there.
    var folders: [String: FileStatus?]
    /// Indices of sightings, and when they were seen to change, milliseconds.
    var changedAt: [Int: Int64]
    var validUntil: Int64
  }

  private struct Known {
    var status: FileStatus
    var sighting: FileSighting
  }

  private let paths: [String]
  /// Where only older files are, whatever their names.
  private let archives: [String]
  private let firstTime: @Sendable ([UInt8]) -> Int64?
  private var known: [String: Known] = [:]
  /// Files that do not fit, or cannot be read; told when they are seen first, or change.
  private var problems: [String: String] = [:]
  private var notes: [String] = []
  private var overview: Overview?

  /// What a quick look passes over is seen after so long, or later where full looks are slow.
  static let fullLookMilliseconds: Int64 = 2_000
  private static let fullLookShare: Int64 = 100
  /// For so long after it was written to a file is looked at each time.
  private static let activeMilliseconds: Int64 = 600_000
  /// A look during which files were renamed is repeated at most so often.
  private static let attemptCountMax = 5

  /// `firstTime` finds the first time stamp in the head of a file.
  init(
    _ paths: [String], archives: [String] = [],
    firstTime: @escaping @Sendable ([UInt8]) -> Int64?
  ) {
    self.paths = paths
    self.archives = archives
    self.firstTime = firstTime
  }

  /// All files of the source at `now`, milliseconds of a clock that does not jump. What is said of
  /// those that matter is never of before: whether a log has ended is concluded from it.
  mutating func sightings(
    at now: Int64, matters: (FileSighting.Number) -> Bool
  ) -> [FileSighting] {
    if let quick = quickLook(at: now, matters) { return quick }
    let clock = ContinuousClock()
    let start = clock.now
    // Taken before the look, so that what changes meanwhile shows.
    let paths = Set((paths + archives).map(Self.folder)).union(
      overview?.folders.keys.map(\.self) ?? [])
    let folders = Dictionary(uniqueKeysWithValues: paths.map { ($0, Self.status(of: $0)) })
    let found = fullLook()
    let changedAt = changes(in: found, at: now)
    let milliseconds = Int64((clock.now - start) / .milliseconds(1))
    let validFor = max(Self.fullLookMilliseconds, milliseconds * Self.fullLookShare)
    let isSeen = found.allSatisfy { folders[Self.folder(of: $0.path)] != nil }
    overview = Overview(
      sightings: found, folders: folders, changedAt: changedAt,
      validUntil: isSeen ? now + validFor : now)
    if !isSeen { addFolders(of: found) }
    return found
  }

  /// The next look will know them.
  private mutating func addFolders(of sightings: [FileSighting]) {
    for path in Set(sightings.map { Self.folder(of: $0.path) }) {
      overview?.folders[path] = Self.status(of: path)
    }
  }

  /// Nil where more may have changed than it can see.
  private mutating func quickLook(
    at now: Int64, _ matters: (FileSighting.Number) -> Bool
  ) -> [FileSighting]? {
    guard var current = overview, now < current.validUntil,
      current.folders.allSatisfy({ Self.status(of: $0.key) == $0.value })
    else { return nil }
    for index in current.sightings.indices {
      let last = current.sightings[index]
      let isActive = current.changedAt[index].map { now - $0 < Self.activeMilliseconds } ?? false
      guard isActive || matters(last.number) else { continue }
      guard let status = Self.status(of: last.path) else { return nil }
      guard known[last.path]?.status != status else { continue }
      guard let segment = try? Segment(path: last.path, status: status),
        let sighting = try? sighting(of: segment, status), fits(sighting)
      else { return nil }
      let rotation = current.sightings[index].rotation
      current.sightings[index] = sighting
      current.sightings[index].rotation = rotation
      current.changedAt[index] = now
    }
    overview = current
    return current.sightings
  }

  /// When each file changed, of those that did: at first nothing is known but which is newest.
  private func changes(in found: [FileSighting], at now: Int64) -> [Int: Int64] {
    guard let overview else {
      let newest = found.map(\.rotation).min()
      let indices = found.indices.filter { found[$0].rotation == newest }
      return Dictionary(uniqueKeysWithValues: indices.map { ($0, now) })
    }
    let last = Dictionary(
      overview.sightings.enumerated().map { ($1.path, $0) }, uniquingKeysWith: { first, _ in first }
    )
    var changedAt: [Int: Int64] = [:]
    for (index, sighting) in found.enumerated() {
      guard let place = last[sighting.path],
        overview.sightings[place].number == sighting.number,
        overview.sightings[place].byteCount == sighting.byteCount
      else {
        changedAt[index] = now
        continue
      }
      changedAt[index] = overview.changedAt[place]
    }
    return changedAt
  }

  private static func status(of path: String) -> FileStatus? { try? SystemCall.status(of: path) }

  /// The folder of a file; of a pattern, the last one that is no pattern.
  static func folder(of path: String) -> String {
    var names = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
    if let pattern = names.firstIndex(where: { $0.contains { "*?[{~".contains($0) } }) {
      names = names[..<pattern]
    }
    let folder = names.joined(separator: "/")
    return folder.isEmpty ? (path.hasPrefix("/") ? "/" : ".") : folder
  }

  /// All files, as they stood at one moment: what is renamed between listing and opening would be
  /// missing, so the names must be the same before and after.
  private mutating func fullLook() -> [FileSighting] {
    var files = LogFiles(paths + archives)
    var found: [FileSighting] = []
    for _ in 0..<Self.attemptCountMax {
      found = look(at: files)
      let now = LogFiles(paths + archives)
      if Self.names(now) == Self.names(files) { break }
      files = now
    }
    let isPresent = Set(files.segments.map(\.path))
    known = known.filter { isPresent.contains($0.key) }
    markArchived(&found)
    return found
  }

  private func markArchived(_ found: inout [FileSighting]) {
    guard !archives.isEmpty else { return }
    let live = Set(LogFiles(paths).segments.map(\.path))
    for index in found.indices where !live.contains(found[index].path) {
      found[index].rotation = .archived
    }
  }

  /// What a person should know, each thing once.
  mutating func takeNotes() -> [String] {
    defer { notes = [] }
    return notes
  }

  private static func names(_ files: LogFiles) -> [[String]] {
    files.segments.map { [$0.path, "\($0.status?.identity.inode ?? 0)"] }
  }

  private mutating func look(at files: LogFiles) -> [FileSighting] {
    var current: [String: String] = [:]
    for path in files.skippedPaths { current[path] = Self.description(ofNoLog: path) }
    for path in paths where Self.status(of: Self.folder(of: path)) == nil {
      current[Self.folder(of: path)] = "\(Self.folder(of: path)): there is no such folder"
    }
    for problem in files.problems where problem.reason != .notFound {
      current[problem.path] = problem.description
    }
    var sightings: [FileSighting] = []
    for segment in files.segments {
      guard let status = segment.status, !segment.isStream else {
        current[segment.path] = Self.description(ofNoLog: segment.path)
        continue
      }
      do throws(IngestError) {
        let sighting = try sighting(of: segment, status)
        if fits(sighting) {
          sightings.append(sighting)
        } else {
          current[segment.path] = "\(segment.path): no line of its head fits the format"
        }
      } catch {
        if error.reason != .notFound { current[segment.path] = error.description }
      }
    }
    for (path, text) in current.sorted(by: { $0.key < $1.key }) where problems[path] != text {
      notes.append("not read: \(text)")
    }
    let folders = Set(paths.map(Self.folder))
    for path in problems.keys.sorted() where current[path] == nil && folders.contains(path) {
      notes.append("\(path): is there again")
    }
    problems = current
    return sightings
  }

  private static func description(ofNoLog path: String) -> String {
    guard status(of: path)?.kind == .pipe else { return "\(path): is no file" }
    return "\(path): a pipe is not followed; listen to it: fifo:\(path)"
  }

  /// Of a folder or a glob only the files are read whose lines fit; what was named is read.
  private func fits(_ sighting: FileSighting) -> Bool {
    sighting.firstTime != nil || sighting.wholeLines.isEmpty
      || (paths + archives).contains(sighting.path)
  }

  private mutating func sighting(
    of segment: Segment, _ status: FileStatus
  ) throws(IngestError) -> FileSighting {
    if let known = known[segment.path], known.status == status { return known.sighting }
    var reader = try SegmentReader(segment, chunkBytes: SegmentOrder.headBytesMax, isGrowing: true)
    let opened = try reader.status()
    let head = try reader.peek(SegmentOrder.headBytesMax)
    let opening = Array(Fingerprint.identifying(head).prefix(FileSighting.openingBytesMax))
    let last = known[segment.path]?.sighting
    let isSame = last?.opening == opening && !opening.isEmpty
    let sighting = FileSighting(
      path: segment.path, number: FileSighting.Number(opened.identity),
      byteCount: opened.byteCount, isPlain: reader.isPlain, opening: opening,
      isOpeningCertain: reader.isPlain || opening.count == FileSighting.openingBytesMax
        || reader.isWhole,
      firstTime: (isSame ? last?.firstTime : nil) ?? firstTime(head))
    // A file that changed between the two is looked at again.
    known[segment.path] = opened == status ? Known(status: status, sighting: sighting) : nil
    return sighting
  }
}

extension FileSighting.Number {
  init(_ identity: FileStatus.Identity) {
    self.init(device: identity.device, inode: identity.inode)
  }
}
