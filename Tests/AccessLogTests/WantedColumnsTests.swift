import Testing

@testable import AccessLog

/// Readers leave out what nobody asked for; which lines are records does not depend on it.
struct WantedColumnsTests {
  @Test(arguments: RecordFormats.all.map { $0.name })
  func `who asks for fewer columns gets the same records and refusals`(name: String) throws {
    let seed = UInt64.random(in: 0 ..< .max)
    var generator = SeededGenerator(seed: seed)
    let format = try #require(RecordFormats.format(named: name))
    for sample in format.samples {
      let lines = (0..<200).map { _ in changed(Array(sample.line.utf8), &generator) }
      let block = Array(lines.joined(separator: [ASCII.newline]))
      let all = try parse(block, format, sample.description, .all)
      let none = try parse(block, format, sample.description, [])
      let some = try parse(block, format, sample.description, [.bytes, .userAgent])
      for other in [none, some] {
        #expect(other.malformed.map(\.fault) == all.malformed.map(\.fault), "seed \(seed)")
        #expect(other.malformed.map(\.line) == all.malformed.map(\.line), "seed \(seed)")
        #expect(other.disputedCount == all.disputedCount, "seed \(seed)")
        #expect(other.trailingTextCount == all.trailingTextCount, "seed \(seed)")
        #expect(always(other) == always(all), "seed \(seed)")
      }
      #expect(some.bytesOut == all.bytesOut, "seed \(seed)")
      #expect(some.bytesIn == all.bytesIn, "seed \(seed)")
      #expect(
        some.userAgent.map { some.text($0) } == all.userAgent.map { all.text($0) }, "seed \(seed)")
      #expect(none.bytesOut.isEmpty && none.userAgent.isEmpty)
    }
  }

  @Test(arguments: ["12.5", "12."])
  func `a duration that its writer cannot have written is refused unasked`(text: String) throws {
    let sample = try #require(W3CLogFormat.samples.first { $0.line.hasSuffix(" 189") })
    let line = Array((sample.line.dropLast(3) + text).utf8)
    for columns in [RecordColumns.all, []] {
      let batch = try parse(line, W3CLogFormat.self, sample.description, columns)
      #expect(batch.malformed.map(\.fault.reason) == [.notANumber])
    }
  }

  private func parse(
    _ block: [UInt8], _ format: any RecordFormat.Type, _ description: FormatDescription,
    _ columns: RecordColumns
  ) throws -> RecordBatch {
    let parser = BlockParser(
      readers: [try format.reader(for: description)], identityKinds: description.identityKinds,
      columns: columns)
    var batch = RecordBatch(hash: testHash)
    parser.parse(block, into: &batch)
    return batch
  }

  /// What is read whatever was asked for.
  private func always(_ batch: RecordBatch) -> [String] {
    (0..<batch.count).map { index in
      func text(_ symbol: Symbol, _ table: SymbolTable) -> String {
        symbol == .none ? "-" : table[symbol]
      }
      let texts = [batch.path, batch.query, batch.address, batch.identity].map {
        batch.text($0[index]) ?? "-"
      }
      return "\(batch.time[index]) \(batch.status[index]) \(batch.flags[index].rawValue) \(texts) "
        + "\(text(batch.route[index], batch.routes)) \(text(batch.method[index], batch.texts)) "
        + text(batch.key[index], batch.keys)
    }
  }

  /// The line, mostly with a byte replaced, removed or doubled.
  private func changed(_ line: [UInt8], _ generator: inout SeededGenerator) -> [UInt8] {
    var line = line.filter { $0 != ASCII.newline }
    let place = Int.random(in: 0..<line.count, using: &generator)
    switch Int.random(in: 0..<5, using: &generator) {
    case 0, 1: line[place] = Array("0a- .,\"\\/+e:".utf8).randomElement(using: &generator)!
    case 2: line.remove(at: place)
    case 3: line.insert(line[place], at: place)
    default: break
    }
    return line
  }
}
