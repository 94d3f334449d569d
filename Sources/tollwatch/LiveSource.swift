import AlertStore
import Ingest

/// A source under way: its files, and how long it has been silent.
final class LiveSource {
  let plan: LivePlan.Source
  var tailer: FileTailer
  /// Segments that had ended when this process began.
  private let firstSegment: Int
  /// When it spoke last, milliseconds of a clock that does not jump.
  var spokeAt: Int64
  /// Looks since then: a process that was stopped for a while has seen nothing in it.
  var idleLookCount = 0
  /// The files of its segments, by their index; empty where this process has not seen one.
  private(set) var paths: [String] = []

  /// What was told last of its files that is no good.
  var problem: String?

  /// What was read and must not go in yet.
  var held: ArraySlice<FileTailer.Event> = []

  init(
    _ plan: LivePlan.Source, positions: [TailPosition], order: [TailPosition], segment: Int,
    oldestTime: Int64,
    at now: Int64,
    firstTime: @escaping @Sendable ([UInt8]) -> Int64?
  ) {
    self.plan = plan
    spokeAt = now
    firstSegment = segment
    tailer = FileTailer(
      paths: plan.paths, archives: plan.archives, positions: positions, order: order,
      oldestTime: oldestTime,
      firstTime: firstTime)
  }

  /// The segment that is being read.
  var segment: Int { firstSegment + tailer.endedCount }

  /// The oldest one that ``order`` knows of; more is forgotten than some thousands.
  var firstKnownSegment: Int {
    segment - tailer.order.count { $0.isFinished && !$0.isPassedOver }
  }

  func notePath(ofSegment index: Int) {
    guard let path = tailer.path else { return }
    while paths.count <= index { paths.append("") }
    paths[index] = path
  }

  func noteSpeech(_ hasSpoken: Bool, at now: Int64) {
    if hasSpoken {
      spokeAt = now
      idleLookCount = 0
    } else {
      idleLookCount += 1
    }
  }

  var positions: [ReadPosition] { rows(tailer.positions) }

  /// In which order contents were read, and will be again after a death.
  var order: [ReadPosition] { rows(tailer.order) }

  private func rows(_ positions: [TailPosition]) -> [ReadPosition] {
    positions.map { position in
      ReadPosition(
        source: plan.name, headHash: position.fingerprint.hash,
        headBytes: position.fingerprint.byteCount, offset: position.offset,
        tailHash: position.tailHash, firstTime: position.firstTime,
        isFinished: position.isFinished)
    }
  }
}

extension TailPosition {
  init(_ row: ReadPosition) {
    self.init(
      fingerprint: Fingerprint(hash: row.headHash, byteCount: row.headBytes),
      offset: row.offset, tailHash: row.tailHash, firstTime: row.firstTime,
      isFinished: row.isFinished)
  }
}
