import Glibc
import TrafficSimulator

/// `benchmarks corpus FOLDER …` writes `corpus.log.gz` and `registry.yaml`; `run.sh` measures
/// with them. `benchmarks formats` prints how long a record of each log format takes, or of those
/// that are named, `benchmarks baselines` how long a row of a series takes, and how large a series
/// is, `benchmarks calibration` how often quiet traffic surprises, `benchmarks rules` how long rules
/// take to load and what they cost a record, by their number, `benchmarks stages FOLDER` how long a
/// line of a corpus takes in each stage of a replay, and `benchmarks checkpoint [KEYS]` how long
/// reading stands still while a checkpoint is taken.
@main struct Benchmarks {
  private static let usage =
    "usage: benchmarks formats [NAME…], benchmarks baselines, benchmarks calibration [SERIES], "
    + "benchmarks rules, benchmarks checkpoint [KEYS], benchmarks stages FOLDER [LINES [whole]], "
    + "or benchmarks corpus FOLDER [--lines N] [--keys N] [--days N] [--seed N] [--level N] "
    + "[--json 1]"

  static func main() {
    var words = CommandLine.arguments.dropFirst()
    if words.first == "formats" { return print(FormatSpeed.table(of: Set(words.dropFirst()))) }
    if words.first == "rules" { return print(RuleSpeed.table()) }
    if words.first == "baselines" { return print(BaselineSpeed.table()) }
    if words.first == "calibration" {
      return print(
        Calibration.table(seriesCount: words.dropFirst().first.flatMap { Int($0) } ?? 60))
    }
    if words.first == "checkpoint" { return checkpoint(words.dropFirst()) }
    if words.first == "stages", words.count > 1 { return stages(words.dropFirst()) }
    guard words.popFirst() == "corpus", let folder = words.popFirst() else { fail(usage) }
    var corpus = Corpus()
    while let option = words.popFirst() {
      guard let value = words.popFirst().flatMap({ Int($0) }), value > 0 else { fail(usage) }
      switch option {
      case "--lines": corpus.lineCount = value
      case "--keys" where value <= 5_000_000: corpus.keyCount = value
      case "--days": corpus.dayCount = value
      case "--json": corpus.isJSON = value == 1
      case "--seed": corpus.seed = UInt64(value)
      case "--level" where value <= 9: corpus.level = value
      default: fail(usage)
      }
    }
    do throws(SimulatorFault) {
      try corpus.writeLog(to: folder + "/corpus.log.gz")
      try corpus.writeRegistry(to: folder + "/registry.yaml")
      try corpus.writeKeys(to: folder + "/keys.csv")
    } catch { fail(error.description) }
  }

  private static func checkpoint(_ words: ArraySlice<String>) {
    do {
      var speed = try CheckpointSpeed(keyCount: words.first.flatMap { Int($0) } ?? 100_000)
      try speed.run()
    } catch { fail("\(error)") }
  }

  private static func stages(_ words: ArraySlice<String>) {
    do {
      let speed = try StageSpeed(
        folder: words[words.startIndex],
        lineCountMax: words.dropFirst().first.flatMap { Int($0) } ?? .max,
        takesApart: words.last != "whole")
      print(try speed.table())
    } catch { fail("\(error)") }
  }

  private static func fail(_ text: String) -> Never {
    let line = Array("\(text)\n".utf8)
    _ = line.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
    exit(64)
  }
}
