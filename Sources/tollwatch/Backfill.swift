import AccessLog
import AlertStore
import Detection
import Ingest
import Pipeline

/// A late log being judged by itself, with rules and registry as they are: what it says of limits and
/// habits within it. Nothing of it goes into what was learnt from the logs that came in time, and
/// what those learnt says nothing about its past.
///
/// It is told at once, when all of it was read: a death before that has told nothing.
struct Backfill: ~Copyable {
  /// Revisions that are kept until then; what comes later is counted.
  static let alertCountMax = 100_000

  let log: LateLog
  private let segment: Segment
  private var reader: SegmentReader
  private var pipeline: Pipeline
  private var head: [UInt8] = []
  private(set) var alerts: [Alert] = []
  private(set) var refusedCount = 0
  private(set) var isOver = false
  private(set) var notes: [String] = []

  /// Nil where none of `paths` holds the log, or the plan does not know its source any more.
  init?(_ log: LateLog, _ plan: LivePlan, in paths: [String]? = nil, countsUsage: Bool) {
    guard let index = plan.sources.firstIndex(where: { $0.name == log.source }),
      let segment = log.file(in: paths ?? plan.sources[index].allPaths),
      let reader = try? SegmentReader(segment)
    else { return nil }
    self.log = log
    self.segment = segment
    self.reader = reader
    pipeline = plan.pipeline(of: log.name, source: index, countsUsage: countsUsage)
  }

  /// Reads a chunk.
  mutating func advance() {
    var found: [Alert] = []
    do throws(IngestError) {
      switch try reader.next() {
      case .chunk(let bytes, _):
        head += bytes.prefix(max(2 * UsageFile.headBytesMax - head.count, 0))
        pipeline.push(bytes, from: 0, into: &found)
      case .fault(let fault) where !fault.isHarmless: noteGap("\(fault)")
      case .gap: noteGap(nil)
      case .fault, .memberFailed: break
      case nil: finish(into: &found)
      }
    } catch {
      noteGap("\(error)")
      finish(into: &found)
    }
    keep(found)
  }

  private mutating func noteGap(_ text: String?) {
    if let text { notes.append("\(segment.path): \(text)") }
    pipeline.noteGap(in: 0)
  }

  private mutating func finish(into found: inout [Alert]) {
    pipeline.endSegment(of: 0, into: &found)
    pipeline.finish(0, into: &found)
    pipeline.conclude(into: &found)
    isOver = true
  }

  private mutating func keep(_ found: [Alert]) {
    let room = Self.alertCountMax - alerts.count
    alerts += found.prefix(room)
    refusedCount += max(found.count - room, 0)
  }

  /// Lines that were read.
  var lineCount: Int { pipeline.statistics.lineCount }

  /// What of its past was judged, under its own name.
  var coverage: [CoverageRow] { StoreRows(pipeline).batch(alerts: []).coverage }

  var waitingUsageCount: Int { pipeline.waitingUsageCount }

  /// Usage is of the source, whenever it came; each harvest is for a writer of its own.
  mutating func takeUsage() -> (harvest: UsageHarvest, file: UsageFile) {
    let file = UsageFile(source: log.source, path: segment.path, head: head)
    pipeline.tellUsageAnew()
    return (pipeline.takeUsage(andOpenHour: isOver), file)
  }
}
