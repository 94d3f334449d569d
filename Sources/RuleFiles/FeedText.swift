/// Reads the feed of a rule's test: `(300x288)x14 3000x6 _x12 5`.
///
/// A word is a count of requests, how often it repeats behind an `x`; `_` is a gap; a group in
/// parentheses repeats as a whole.
enum FeedText {
  /// Runs and steps that one feed may have: two years of minutes.
  static let runCountMax = 100_000
  static let stepCountMax = 1_051_200
  static let valueMax = 1_000_000_000
  static let depthMax = 8

  struct Fault: Error {
    var message: String
    /// UTF-8 offset in the text.
    var offset: Int
  }

  static func runs(_ text: String) throws(Fault) -> [RuleTest.Run] {
    var parser = Parser(bytes: Array(text.utf8))
    let runs = try parser.group(depth: 0)
    guard !runs.isEmpty else { throw Fault(message: "the feed is empty", offset: 0) }
    return runs
  }

  private struct Parser {
    let bytes: [UInt8]
    var at = 0

    /// All up to the closing parenthesis, or to the end on the outermost level.
    mutating func group(depth: Int) throws(Fault) -> [RuleTest.Run] {
      var runs: [RuleTest.Run] = []
      var stepCount = 0
      while true {
        while at < bytes.count, bytes[at] <= 0x20 || bytes[at] == UInt8(ascii: ",") { at += 1 }
        guard at < bytes.count else {
          guard depth == 0 else { throw fault("')' is missing") }
          return runs
        }
        if bytes[at] == UInt8(ascii: ")") {
          guard depth > 0 else { throw fault("')' without '('") }
          at += 1
          return runs
        }
        try append(element(depth: depth), to: &runs, &stepCount)
      }
    }

    private mutating func element(depth: Int) throws(Fault) -> [RuleTest.Run] {
      if bytes[at] == UInt8(ascii: "(") {
        guard depth < FeedText.depthMax else { throw fault("groups are nested too deeply") }
        at += 1
        return repeated(try group(depth: depth + 1), times: try factor())
      }
      var value: Int?
      if bytes[at] == UInt8(ascii: "_") {
        at += 1
      } else {
        value = try number("a count of requests, '_' or '('")
      }
      let times = try factor()
      return times > 0 ? [RuleTest.Run(value: value, stepCount: times)] : []
    }

    /// The number behind `x`; 1 where there is none. More than the limit becomes one more than
    /// the limit, which ``append(_:to:)`` refuses.
    private mutating func factor() throws(Fault) -> Int {
      guard at < bytes.count, bytes[at] == UInt8(ascii: "x") else { return 1 }
      at += 1
      return min(try number("how often it repeats"), FeedText.stepCountMax + 1)
    }

    private func repeated(_ runs: [RuleTest.Run], times: Int) -> [RuleTest.Run] {
      if runs.count == 1, let run = runs.first {
        // Both factors are at most the limit and one, so that the product cannot overflow.
        let count = run.stepCount * times
        return count > 0 ? [RuleTest.Run(value: run.value, stepCount: count)] : []
      }
      let timesMax = FeedText.runCountMax / max(runs.count, 1) + 1
      return (0..<min(times, timesMax)).flatMap { _ in runs }
    }

    private func append(
      _ more: [RuleTest.Run], to runs: inout [RuleTest.Run], _ stepCount: inout Int
    ) throws(Fault) {
      for run in more {
        stepCount += run.stepCount
        if let last = runs.last, last.value == run.value {
          runs[runs.count - 1].stepCount += run.stepCount
        } else {
          runs.append(run)
        }
      }
      if stepCount > FeedText.stepCountMax || runs.count > FeedText.runCountMax {
        throw fault("the feed has more than \(FeedText.stepCountMax) steps or too many runs")
      }
    }

    private mutating func number(_ what: String) throws(Fault) -> Int {
      let start = at
      var value = 0
      while at < bytes.count, (48...57).contains(bytes[at]) {
        value = min(value * 10 + Int(bytes[at] - 48), FeedText.valueMax + 1)
        at += 1
      }
      guard at > start else { throw fault("expected \(what)") }
      guard value <= FeedText.valueMax else {
        throw Fault(message: "a number is larger than \(FeedText.valueMax)", offset: start)
      }
      return value
    }

    private func fault(_ message: String) -> Fault { Fault(message: message, offset: at) }
  }
}
