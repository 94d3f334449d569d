import AccessLog
import Detection
import Ingest
import Pipeline
import RuleFiles
import ShippedRules

/// How long a line takes in each stage of a replay, on one thread: inflating, cutting into lines,
/// parsing, and the engine with each shipped rule alone and with all of them.
///
/// A corpus is what `benchmarks corpus` writes. Under callgrind, which takes one binary as well as
/// another, the same command counts the instructions.
struct StageSpeed {
  /// Nanoseconds of the thread's own time.
  private struct Times {
    var inflate = 0
    var split = 0
    var parse = 0
    var detect = 0
    var lineCount = 0
  }

  private static let hash = SipHash(key0: 1, key1: 2)
  private static let template =
    #"$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "#
    + #""$http_referer" "$http_user_agent" $request_length $request_time"#

  let path: String
  let registry: KeyRegistry
  let reader: any LineReader
  let identityKinds: [RecordBatch.IdentityKind]
  /// Lines beyond are not read.
  let lineCountMax: Int
  /// Whether each rule is measured by itself, too.
  let takesApart: Bool

  init(folder: String, lineCountMax: Int, takesApart: Bool) throws {
    path = folder + "/corpus.log.gz"
    self.lineCountMax = lineCountMax
    self.takesApart = takesApart
    let paths = ["registry.yaml", "keys.csv"].map { "\(folder)/\($0)" }
    registry = try RegistryLoader.load(paths: paths) { $0 }.registry
    var description = FormatDescription()
    description.template = Self.template
    description.identity = [IdentityField(withDefaultSecrecy: "$remote_user")]
    identityKinds = description.identityKinds
    guard let format = RecordFormats.format(named: "nginx") else { fatalError("no nginx") }
    reader = try format.reader(for: description)
  }

  /// A table with a row for each stage, and one for each rule by itself.
  func table() throws -> String {
    let files = ShippedRules.all.map { SourceFile(name: $0.name, bytes: $0.bytes) }
    let whole = try pass(RuleLoader.load(files).ruleSet)
    var rows = [
      ("inflate", whole.inflate), ("split", whole.split), ("parse", whole.parse),
      ("detect, all shipped rules", whole.detect),
    ]
    if takesApart { rows += try rulesApart(files) }
    return rows.map { name, time in
      TableText.left(name, 32) + TableText.right(time / max(1, whole.lineCount), 8) + " ns a line"
    }.joined(separator: "\n")
  }

  private func rulesApart(_ files: [SourceFile]) throws -> [(String, Int)] {
    var rows = [("detect, no rules", try pass(RuleSet([])).detect)]
    for file in files {
      rows.append(("detect, \(file.name)", try pass(RuleLoader.load([file]).ruleSet).detect))
    }
    return rows
  }

  /// All stages once, block by block, so that caches are as they are in a replay.
  private func pass(_ rules: RuleSet) throws -> Times {
    let parser = BlockParser(
      readers: [reader], identityKinds: identityKinds,
      routes: RouteTemplates(registry.apis.flatMap(\.routes)), columns: rules.columns)
    var pipeline = Pipeline(
      rules: rules, registry: registry,
      sources: [SourceDeclaration(name: "edge", latenessMilliseconds: 0, parser: parser)],
      options: EngineOptions(hash: Self.hash, fingerprint: { _ in "key" }))
    var times = Times()
    var alerts: [Alert] = []
    var segment = try SegmentReader(Segment(path: path))
    var lines = LineBlocks()
    while times.lineCount < lineCountMax {
      let event = try Self.clocked(&times.inflate) { () throws in try segment.next() }
      guard let event else { break }
      guard case .chunk(let bytes, startOffset: _) = event else { continue }
      var blocks: [LineBlocks.Block] = []
      Self.clocked(&times.split) { lines.push(bytes, into: &blocks) }
      for block in blocks {
        var batch = pipeline.emptyBatch()
        Self.clocked(&times.parse) { parser.parse(block, into: &batch) }
        times.lineCount += batch.lineCount
        Self.clocked(&times.detect) { pipeline.push(batch, from: 0, into: &alerts) }
      }
    }
    Self.clocked(&times.detect) { pipeline.finish(0, into: &alerts) }
    return times
  }

  private static func clocked<Result>(
    _ sum: inout Int, _ body: () throws -> Result
  ) rethrows -> Result {
    let start = ProcessorTime.thread.nanoseconds
    defer { sum += ProcessorTime.thread.nanoseconds - start }
    return try body()
  }
}
