import Testing

@testable import AccessLog

private struct Case: CustomTestStringConvertible {
  var name: String
  var sample: Sample
  var testDescription: String { "\(name): \(sample.line.prefix(120))" }
}

/// What holds for every format there is, without its author's doing.
struct RecordFormatsTests {
  private static let cases = RecordFormats.all.flatMap { format in
    format.samples.map { Case(name: format.name, sample: $0) }
  }

  @Test
  func `every format has samples and a name of its own`() {
    for format in RecordFormats.all { #expect(format.samples.count >= 3) }
    #expect(Set(RecordFormats.all.map { $0.name }).count == RecordFormats.all.count)
  }

  @Test(arguments: cases)
  private func `every format reads its own samples`(_ test: Case) throws {
    let sample = test.sample
    let batch = try parse(Array(sample.line.utf8), test.name, sample.description)
    try #require(batch.count == 1, "\(batch.malformed.map(\.fault))")
    let record = batch.plain(0)
    let expected = sample.expected
    #expect(record.time == expected.time.milliseconds)
    #expect(record.address == expected.address)
    #expect(record.method == expected.method)
    #expect(record.path == expected.path)
    #expect(record.query == expected.query)
    #expect(record.status == expected.status)
    #expect(record.identity == expected.identity)
    if let bytes = expected.bytesOut { #expect(record.bytesOut == bytes) }
    if let latency = expected.latencyMicroseconds { #expect(record.latency == latency) }
    if let agent = expected.userAgent { #expect(record.userAgent == agent) }
    if let host = expected.host { #expect(record.host == host) }
    if let route = expected.route { #expect(batch.texts[batch.namedRoute[0]] == route) }
    if let api = expected.api { #expect(batch.texts[batch.namedAPI[0]] == api) }
    if let isThrottled = expected.isThrottled {
      #expect(batch.flags[0].contains(.throttled) == isThrottled)
    }
  }

  @Test(arguments: cases)
  private func `every cut of a sample is a record or a counted refusal`(_ test: Case) throws {
    let bytes = Array(test.sample.line.utf8)
    let parser = try parser(test)
    var batch = RecordBatch(hash: testHash)
    var wrongCounts: [Int] = []
    for count in 1..<bytes.count {
      for part in [bytes[..<count], bytes[count...]] {
        parser.parse(Array(part), into: &batch)
        if batch.count + batch.malformed.count != 1 { wrongCounts.append(count) }
        for record in 0..<batch.count { _ = batch.plain(record) }
      }
    }
    #expect(wrongCounts.isEmpty)
  }

  @Test(arguments: cases)
  private func `every change of one byte is a record or a counted refusal`(_ test: Case) throws {
    let bytes = Array(test.sample.line.utf8)
    let parser = try parser(test)
    var batch = RecordBatch(hash: testHash)
    var wrongIndices: [Int] = []
    for index in bytes.indices {
      for replacement in [0, 9, 32, 34, 44, 48, 92, 125, 255] as [UInt8] {
        var changed = bytes
        changed[index] = replacement
        parser.parse(changed, into: &batch)
        if batch.count + batch.malformed.count != 1 { wrongIndices.append(index) }
        for record in 0..<batch.count { _ = batch.plain(record) }
      }
    }
    #expect(wrongIndices.isEmpty)
  }

  @Test(arguments: cases)
  private func `random noise in a sample harms nothing`(_ test: Case) throws {
    let seed = UInt64.random(in: 0 ..< .max)
    var generator = SeededGenerator(seed: seed)
    let bytes = Array(test.sample.line.utf8)
    let parser = try parser(test)
    var batch = RecordBatch(hash: testHash)
    for _ in 0..<100 {
      var changed = bytes
      for _ in 0..<Int.random(in: 1...6, using: &generator) {
        let at = Int.random(in: 0..<changed.count, using: &generator)
        switch Int.random(in: 0..<3, using: &generator) {
        case 0: changed[at] = UInt8.random(in: 0...255, using: &generator)
        case 1: changed.insert(bytes.randomElement(using: &generator)!, at: at)
        default: if changed.count > 1 { changed.remove(at: at) }
        }
      }
      changed.removeAll { $0 == 10 }
      parser.parse(changed, into: &batch)
      #expect(
        batch.count + batch.malformed.count + batch.blankLineCount == 1,
        "seed \(seed): \(String(decoding: changed, as: UTF8.self))")
      visit(batch, parser)
    }
  }

  private func parser(_ test: Case) throws -> BlockParser {
    let format = RecordFormats.format(named: test.name)!
    return BlockParser(
      readers: [try format.reader(for: test.sample.description)],
      identityKinds: test.sample.description.identityKinds, columns: .all)
  }

  /// Looks at all that a batch says, so that a range out of bounds shows.
  private func visit(_ batch: RecordBatch, _ parser: BlockParser) {
    for index in 0..<batch.count {
      _ = batch.plain(index)
      _ = parser.maskedLine(index, of: batch, standIn: "key:0")
    }
    for line in batch.malformed { _ = Secrets.shape(of: line, in: batch) }
  }
}
