/// Looks at the files of one source again and again, and opens only what changed since.
struct LogLook {
  private struct Known {
    var status: FileStatus
    var sighting: FileSighting
  }

  private let paths: [String]
  private let firstTime: @Sendable ([UInt8]) -> Int64?
  private var known: [String: Known] = [:]
  /// Files that do not fit, or cannot be read; told when they are seen first, or change.
  private var problems: [String: String] = [:]
  private var notes: [String] = []

  /// A look during which files were renamed is repeated at most so often.
  private static let attemptCountMax = 5

  /// `firstTime` finds the first time stamp in the head of a file.
  init(_ paths: [String], firstTime: @escaping @Sendable ([UInt8]) -> Int64?) {
    self.paths = paths
    self.firstTime = firstTime
  }

  /// All files of the source, as they stood at one moment: what is renamed between listing and
  /// opening would be missing, so the names must be the same before and after.
  mutating func sightings() -> [FileSighting] {
    var files = LogFiles(paths)
    var found: [FileSighting] = []
    for _ in 0..<Self.attemptCountMax {
      found = look(at: files)
      let now = LogFiles(paths)
      if Self.names(now) == Self.names(files) { break }
      files = now
    }
    let isPresent = Set(files.segments.map(\.path))
    known = known.filter { isPresent.contains($0.key) }
    return found
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
    for problem in files.problems where problem.reason != .notFound {
      current[problem.path] = problem.description
    }
    var sightings: [FileSighting] = []
    for segment in files.segments {
      guard let status = segment.status, !segment.isStream else {
        current[segment.path] = "\(segment.path): a pipe is not followed"
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
    problems = current
    return sightings
  }

  /// Of a folder or a glob only the files are read whose lines fit; what was named is read.
  private func fits(_ sighting: FileSighting) -> Bool {
    sighting.firstTime != nil || sighting.wholeLines.isEmpty || paths.contains(sighting.path)
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
