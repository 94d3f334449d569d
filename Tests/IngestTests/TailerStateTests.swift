import Foundation
import Testing

@testable import Ingest

@Suite struct TailerStateTests {
  /// `TAILER_SEEDS=1000` for a longer run.
  private static let seedCount =
    ProcessInfo.processInfo.environment["TAILER_SEEDS"].flatMap { UInt64($0) } ?? 6

  @Test(arguments: LogWorld.Mode.allCases, 1...seedCount)
  fileprivate func `every byte is read once and in order, through rotations and deaths`(
    mode: LogWorld.Mode, seed: UInt64
  ) {
    var random = SeededGenerator(seed: seed)
    var world = LogWorld(mode)
    var reader = ModelReader()
    var now: Int64 = 0
    var rotationCount = 0
    for step in 0..<500 {
      now += Int64(random.below(3000))
      world.pass(to: now)
      // Nothing stands still for so long that it is given up.
      if step % 15 == 0 { world.compress(&random) }
      switch random.below(24) {
      case 0 where rotationCount < 25:
        rotationCount += 1
        world.rotate(at: now, &random)
      case 1: world.tellWriter()
      case 2, 3: reader.commit()
      case 4: reader.die()
      case 5...7: world.compress(&random)
      case 8...14: reader.look(&world, at: now, &random)
      case 15: world.writeHalf(&random)
      default: for _ in 0..<random.below(40) { world.write(&random) }
      }
    }
    world.write(&random)
    for _ in 0..<600 where reader.delivered.count < world.written.count {
      now += 1000
      world.flush()
      if world.isArriving { world.rotate(at: now, &random) }
      world.pass(to: now)
      world.compress(&random)
      reader.look(&world, at: now, &random)
    }
    #expect(reader.losses.isEmpty, "seed \(seed): \(reader.losses)")
    let isEqual = reader.delivered == world.written
    #expect(isEqual, "seed \(seed): \(reader.delivered.count) of \(world.written.count) bytes")
    #expect(world.written.count > 10_000)
  }
}

/// Reads the files of a model as the state says, and may die.
private struct ModelReader {
  private(set) var delivered: [UInt8] = []
  private(set) var losses: [TailerState.Step] = []
  private var state = TailerState()
  /// As an open descriptor does, it keeps a file that has lost its name.
  private var held: LogWorld.File?
  private var checkpoint: (positions: [TailPosition], count: Int) = ([], 0)

  mutating func look(_ world: inout LogWorld, at now: Int64, _ random: inout SeededGenerator) {
    var sightings = world.sightings()
    if let held, !world.files.values.contains(where: { $0 === held }) {
      var sighting = world.sighting(of: held, at: "held")
      sighting.number.device = 2
      sighting.rotation = .gone
      sightings.append(sighting)
    }
    for step in state.look(sightings, at: now) {
      // The world does not wait for whoever looks at it.
      if random.isTrue(0.1) { world.rotate(at: now, &random) }
      if random.isTrue(0.2) { world.write(&random) }
      switch step {
      case .read(let sighting): read(sighting, in: world, at: now, &random)
      case .finish: held = nil
      case .lose, .miss, .postpone: losses.append(step)
      }
    }
  }

  private mutating func read(
    _ sighting: FileSighting, in world: LogWorld, at now: Int64, _ random: inout SeededGenerator
  ) {
    let isHeld = sighting.number.device == 2
    guard let file = isHeld ? held : world.files[sighting.path], let position = state.position,
      file.number == sighting.number.inode
    else { return }
    held = file
    let offset = Int(position.offset)
    guard offset <= file.doneCount else {
      if !file.isPlain && file.isWhole { state.refuse(sighting) }
      return
    }
    let tail = file.content[..<offset].suffix(TailPosition.tailBytesMax)
    guard Fingerprint.hash(tail) == position.tailHash else {
      return state.refuse(sighting)
    }
    state.recall(Array(tail))
    // A chunk is longer than any opening.
    let count = max(random.below(900), offset == 0 ? position.fingerprint.byteCount : 1)
    let end = min(file.doneCount, offset + (random.isTrue(0.3) ? count : 1 << 20))
    guard end > offset else { return reachEnd(of: file, sighting) }
    guard state.take(Array(file.content[offset..<end]), from: sighting.number, at: now) else {
      held = nil
      return
    }
    delivered += file.content[offset..<end]
    if end == file.doneCount { reachEnd(of: file, sighting) }
  }

  private mutating func reachEnd(of file: LogWorld.File, _ sighting: FileSighting) {
    guard !file.isPlain, file.isWhole else { return }
    state.reachEnd(of: sighting.number, byteCount: file.byteCount)
  }

  mutating func commit() { checkpoint = (state.positions, delivered.count) }

  /// What was not committed is read again.
  mutating func die() {
    state = TailerState(checkpoint.positions)
    delivered.removeLast(delivered.count - checkpoint.count)
    held = nil
  }
}
