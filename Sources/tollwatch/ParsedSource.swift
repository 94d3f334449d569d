import AccessLog
import AsyncAlgorithms
import Ingest
import Synchronization

/// A source whose lines are inflated and parsed beside the engine.
///
/// One task reads, some parse, and the steps come back in the order in which they stood in the
/// logs. The channels have no room of their own, so whoever is ahead waits.
struct ParsedSource: Sendable {
  enum Step: Sendable {
    case batch(RecordBatch)
    case gap
    case note(String)
    case unverified(segment: Int, bytes: Range<Int64>)
  }

  private struct Numbered<Value: Sendable>: Sendable {
    var number: Int
    var value: Value
  }

  private let read = AsyncChannel<Numbered<SourceReader.Step>>()
  private let parsed = AsyncChannel<Numbered<Step>>()
  private var early: [Int: Step] = [:]
  private var nextNumber = 0

  /// Adds the tasks that read and parse to `group`; `shouldStop` ends the reading early.
  func start(
    _ source: ReplayPlan.Source, parserCount: Int, batches: BatchPool, meter: ReadingMeter,
    digests: [InputDigest],
    shouldStop: @escaping @Sendable () -> Bool, in group: inout ThrowingTaskGroup<Void, any Error>
  ) {
    let (read, parsed) = (read, parsed)
    group.addTask {
      var reader = SourceReader(
        source.segments, findsHeaders: source.parser.hasHeaders, meter: meter, digests: digests)
      var number = 0
      while !shouldStop(), let step = reader.next() {
        await read.send(Numbered(number: number, value: step))
        number += 1
      }
      read.finish()
    }
    group.addTask {
      await withTaskGroup { parsers in
        for _ in 0..<parserCount {
          parsers.addTask {
            for await step in read {
              let value = Self.parse(step.value, source.parser, batches)
              await parsed.send(Numbered(number: step.number, value: value))
            }
          }
        }
      }
      parsed.finish()
    }
  }

  private static func parse(
    _ step: SourceReader.Step, _ parser: BlockParser, _ batches: BatchPool
  ) -> Step {
    switch step {
    case .block(let block, let segment):
      var batch = batches.take()
      parser.parse(block, into: &batch)
      batch.segmentIndex = segment
      return .batch(batch)
    case .gap: return .gap
    case .note(let text): return .note(text)
    case .unverified(let segment, let bytes): return .unverified(segment: segment, bytes: bytes)
    }
  }

  /// From now on there is no next step.
  func stop() { parsed.finish() }

  /// The next step in the order of the logs.
  mutating func next() async -> Step? {
    while early[nextNumber] == nil {
      // The channel holds the state; an iterator is only a way in.
      var iterator = parsed.makeAsyncIterator()
      guard let step = await iterator.next() else { return nil }
      early[step.number] = step.value
    }
    defer { nextNumber += 1 }
    return early.removeValue(forKey: nextNumber)
  }
}

/// Batches whose memory can be used again, shared by all parsers.
final class BatchPool: Sendable {
  private let hash: SipHash
  private let free = Mutex<[RecordBatch]>([])

  init(hash: SipHash) { self.hash = hash }

  func take() -> RecordBatch { free.withLock { $0.popLast() } ?? RecordBatch(hash: hash) }

  func give(_ batch: consuming RecordBatch) {
    let batch = batch
    free.withLock { $0.append(batch) }
  }
}
