import AccessLog
import AlertStore
import Detection
import Foundation
import Glibc
import Pipeline
import RuleFiles
import ShippedRules
import Synchronization

/// How long reading stands still for a checkpoint, and what the checkpoint costs beside it, where
/// so many keys ask for something about once an hour and have done so for five days.
struct CheckpointSpeed: ~Copyable {
  private static let monday: Int64 = 1_767_571_200
  private static let learningSeconds: Int64 = 5 * 86_400
  private static let hourCount = Int(learningSeconds / 3600)
  /// How many lines go in at once.
  fileprivate static let chunkLines = 100

  private let keyCount: Int
  private let rules: RuleSet
  private let parser: BlockParser
  private let options = EngineOptions(
    hash: SipHash(key0: 1, key1: 2), fingerprint: { String(decoding: $0, as: UTF8.self) })
  private var pipeline: Pipeline
  private var chance: UInt64 = 1
  private var alerts: [Alert] = []

  init(keyCount: Int) throws {
    let files = ShippedRules.all.map { SourceFile(name: $0.name, bytes: $0.bytes) }
    let rules = try RuleLoader.load(files).ruleSet
    let identity = IdentityField(field: "$remote_user", isSecret: false)
    let description = FormatDescription(
      template: #"$msec "$remote_user" "$request" $status"#, identity: [identity])
    let reader = try NginxLogFormat.reader(for: description)
    self.init(
      keyCount: keyCount, rules: rules,
      parser: BlockParser(
        readers: [reader], identityKinds: description.identityKinds, columns: rules.columns))
  }

  private init(keyCount: Int, rules: RuleSet, parser: BlockParser) {
    self.keyCount = keyCount
    self.rules = rules
    self.parser = parser
    pipeline = Pipeline(
      rules: rules, registry: KeyRegistry(),
      sources: [SourceDeclaration(name: "edge", parser: parser)], options: options)
  }

  fileprivate static func milliseconds(_ duration: Duration) -> Double {
    (duration / .milliseconds(1) * 10).rounded() / 10
  }

  // MARK: - traffic

  /// Between two checkpoints.
  private var minuteLines: Int { max(1, keyCount / 60) }

  /// Lines at even distances from `start` on; gives what the dearest of the chunks took of the
  /// processor. The clock on the wall tells of all else that the machine does.
  private mutating func push(
    _ count: Int, from start: Int64, milliseconds: Int64, settles: Bool = true
  ) -> Duration {
    var longest = Duration.zero
    var first = 0
    while first < count {
      let end = min(count, first + Self.chunkLines)
      let chunk = lines(first..<end, of: count, from: start, milliseconds: milliseconds)
      let start = ProcessorTime.thread.nanoseconds
      pipeline.push(chunk, from: 0, into: &alerts)
      if settles { pipeline.settle(into: &alerts) }
      let time = Duration.nanoseconds(ProcessorTime.thread.nanoseconds - start)
      alerts.removeAll(keepingCapacity: true)
      longest = max(longest, time)
      first = end
    }
    return longest
  }

  private mutating func lines(
    _ range: Range<Int>, of count: Int, from start: Int64, milliseconds: Int64
  ) -> [UInt8] {
    var bytes: [UInt8] = []
    for number in range {
      chance = chance &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let key = Int(truncatingIfNeeded: chance >> 33) % keyCount
      let time = start + milliseconds * Int64(number) / Int64(count)
      bytes += Array(
        ("\(time / 1000).\(String(1000 + time % 1000).dropFirst()) \"key-\(key)\" "
          + "\"\(number % 3 == 0 ? "POST /v1/orders" : "GET /v1/quotes") HTTP/1.1\" 200\n").utf8)
    }
    return bytes
  }

  // MARK: - measuring

  /// What one checkpoint took.
  private struct Cost {
    var taking = Duration.zero
    /// The longest that a chunk took while the state was being written, and without that.
    var chunk = Duration.zero
    var usualChunk = Duration.zero
    var writing = Duration.zero
    /// The longest that another write waited.
    var waiting = Duration.zero
    var pageCount = 0
    var byteCount = 0
    var writtenCount = 0
    var writtenBytes = 0

    func row(_ name: String) -> String {
      let written =
        "\(writtenCount) of \(pageCount) pages, \(writtenBytes >> 10) of \(byteCount >> 10) KiB"
      return """
        \(name): taken in \(CheckpointSpeed.milliseconds(taking)) ms; the dearest \
        \(CheckpointSpeed.chunkLines) lines of a minute take \
        \(CheckpointSpeed.milliseconds(usualChunk)) ms, \
        \(CheckpointSpeed.milliseconds(chunk)) ms beside the writing; \(written) written in \
        \(CheckpointSpeed.milliseconds(writing)) ms, who commits meanwhile waits \
        \(CheckpointSpeed.milliseconds(waiting)) ms at most
        """
    }
  }

  /// Prints what checkpoints cost: the first, one after each of two minutes, and going on from it.
  mutating func run() throws {
    CheckpointMemory.keep()
    let end = Self.monday * 1000 + Self.learningSeconds * 1000
    _ = push(
      keyCount * Self.hourCount, from: Self.monday * 1000,
      milliseconds: Self.learningSeconds * 1000, settles: false)
    print("\(keyCount) keys, \(pipeline.summary().seriesCount) series")
    let folder = NSTemporaryDirectory() + "tollwatch-checkpoint-\(getpid())"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let store = try AlertStore.open(path: folder + "/state.sqlite", createdBy: "benchmarks")
    var known: Set<SnapshotPage> = []
    for (number, name) in ["first", "a minute later", "another"].enumerated() {
      let start = end + Int64(number) * 120_000
      let usual = push(minuteLines, from: start, milliseconds: 60_000)
      var cost = try checkpoint(store, &known, from: start + 60_000)
      cost.usualChunk = usual
      print(cost.row(name))
    }
    try restore(store)
    try store.close()
  }

  private mutating func checkpoint(
    _ store: AlertStore, _ known: inout Set<SnapshotPage>, from start: Int64
  ) throws -> Cost {
    var cost = Cost()
    let clock = ContinuousClock()
    var state: PipelineState? = pipeline.state()
    cost.taking = clock.measure { state = pipeline.state() }
    let writing = Writing(store, state)
    state = nil
    writing.start()
    cost.chunk = push(minuteLines, from: start, milliseconds: 60_000)
    while !writing.isOver {
      cost.waiting = max(
        cost.waiting,
        try clock.measure {
          var batch = StoreBatch()
          batch.service["beat"] = "\(clock.now)"
          try store.write(batch)
        })
      usleep(1000)
    }
    let (pages, time) = try writing.outcome()
    cost.writing = time
    let new = pages.filter { !known.contains($0) }
    cost.pageCount = pages.count
    cost.byteCount = pages.reduce(0) { $0 + $1.bytes.count }
    cost.writtenCount = new.count
    cost.writtenBytes = new.reduce(0) { $0 + $1.bytes.count }
    known = Set(pages)
    return cost
  }

  private func restore(_ store: AlertStore) throws {
    let start = ProcessorTime.thread.nanoseconds
    guard let bytes = try store.checkpoint()?.state else { return }
    let read = ProcessorTime.thread.nanoseconds
    let restored = try Pipeline(
      rules: rules, registry: KeyRegistry(),
      sources: [SourceDeclaration(name: "edge", parser: parser)], options: options,
      restoring: bytes)
    let end = ProcessorTime.thread.nanoseconds
    precondition(restored.summary().seriesCount == pipeline.summary().seriesCount)
    print(
      "going on: read in \((read - start) / 1_000_000) ms of the processor, restored in "
        + "\((end - read) / 1_000_000) ms")
  }
}

/// A state that another thread brings to the disk.
private final class Writing: Sendable {
  private struct State {
    var state: PipelineState?
    var pages: [SnapshotPage] = []
    var time = Duration.zero
    var fault: StoreFault?
    var isOver = false
  }

  private let store: AlertStore
  private let state: Mutex<State>

  init(_ store: AlertStore, _ state: PipelineState?) {
    self.store = store
    self.state = Mutex(State(state: state))
  }

  var isOver: Bool { state.withLock { $0.isOver } }

  func start() {
    Thread.detachNewThread { [self] in
      guard let taken = state.withLock({ $0.state.take() }) else { return }
      var pages: [SnapshotPage] = []
      var fault: StoreFault?
      let time = ContinuousClock().measure {
        pages = taken.pages()
        var batch = StoreBatch()
        batch.checkpoint = Checkpoint(plan: "", positions: [], state: taken.head, pages: pages)
        do throws(StoreFault) { try store.write(batch) } catch { fault = error }
      }
      state.withLock { state in
        (state.pages, state.time, state.fault, state.isOver) = (pages, time, fault, true)
      }
    }
  }

  func outcome() throws -> (pages: [SnapshotPage], time: Duration) {
    try state.withLock { state in
      if let fault = state.fault { throw fault }
      return (state.pages, state.time)
    }
  }
}
