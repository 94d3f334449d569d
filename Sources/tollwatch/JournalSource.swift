import AlertStore
import Detection
import Ingest
import Pipeline

/// The log of one source as a service read it: the same contents in the same order, as far as it
/// had read them, whatever files hold them now.
final class JournalSource {
  /// A content, and the file that has it; nil where none does.
  private struct Part {
    var position: TailPosition
    var segment: Segment?
  }

  /// In the plan that holds.
  var index: Int
  let name: String
  private var parts: ArraySlice<Part>
  private var reader: SegmentReader?
  /// What was read and must not go in yet.
  private var rest: ArraySlice<UInt8> = []
  /// Bytes of the first part that went in before all this.
  private var passedBytes: Int64

  /// `positions` are those of the source, in their order, which are read from `start` on; `paths` is
  /// where its files are looked for.
  init(
    _ name: String, index: Int, positions: [TailPosition], first: FirstSegments,
    from start: LogPlace, paths: [String]
  ) {
    passedBytes = start.offset
    self.name = name
    self.index = index
    let files = LogFiles(paths).segments.filter { !$0.isStream }
    let heads = files.map { (try? $0.head(byteCountMax: SegmentOrder.headBytesMax)) ?? [] }
    let wanted = first.positions(
      positions.filter { !$0.isPassedOver }, of: name, from: start.segment)
    parts =
      (wanted ?? []).map { position in
        let found = files.indices.filter { position.fits(head: heads[$0]) }.map { files[$0] }
        let segment = found.count > 1 ? found.first(where: position.isIn) : found.first
        return Part(position: position, segment: segment)
      }[...]
    if wanted == nil { tell("which logs were read first was forgotten: there were too many") }
  }

  /// Puts in what is before `limit`; nil is all that there is.
  func feed(_ pipeline: inout Pipeline, before limit: LogPlace?, into alerts: inout [Alert]) {
    while let part = parts.first {
      let place = LogPlace(
        segment: pipeline.segmentIndex(of: index), offset: pipeline.offset(of: index))
      if let limit, place >= limit { return }
      let end = limit?.segment == place.segment ? limit?.offset ?? .max : .max
      let room = min(part.position.offset, end) - place.offset
      if room > 0, fill(from: part) {
        let count = Int(min(Int64(rest.count), room))
        pipeline.push(Array(rest.prefix(count)), from: index, into: &alerts)
        rest = rest.dropFirst(count)
      } else if part.position.isFinished {
        endPart(&pipeline, into: &alerts)
      } else {
        return
      }
    }
  }

  private func endPart(_ pipeline: inout Pipeline, into alerts: inout [Alert]) {
    pipeline.endSegment(of: index, into: &alerts)
    parts = parts.dropFirst()
    reader = nil
    rest = []
    passedBytes = 0
  }

  /// Makes sure that there is something to put in; false where there is nothing more.
  private func fill(from part: Part) -> Bool {
    guard rest.isEmpty else { return true }
    guard let segment = part.segment else {
      tell("a log that begins at \(part.position.firstTime ?? 0) is not to be found")
      return false
    }
    do throws(IngestError) {
      if reader == nil { reader = try SegmentReader(segment) }
      // Faults and gaps were told when it was read first; the journal has them.
      while let event = try reader?.next() {
        guard case .chunk(let bytes, _) = event else { continue }
        let count = Int(min(passedBytes, Int64(bytes.count)))
        passedBytes -= Int64(count)
        guard count < bytes.count else { continue }
        rest = bytes[count...]
        return true
      }
      tell("\(segment.path): is shorter than it was")
    } catch { tell("\(error)") }
    return false
  }

  private func tell(_ text: String) { StandardError.writeLine("\(name): \(text)") }
}
