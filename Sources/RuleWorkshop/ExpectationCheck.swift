import AccessLog
import Detection
import RuleFiles

/// Holds what a test expects against the episodes that came of it.
///
/// Every expectation needs an episode, and every episode an expectation: a rule that alarms as
/// it should and three times besides is no good rule.
struct ExpectationCheck {
  let test: RuleTest
  let episodes: [AlertHistory]

  /// Episodes that one failure lists.
  static let shownCountMax = 10

  var failures: [String] {
    let missing = test.expectations.filter { expectation in
      !episodes.contains { fits($0, expectation) }
    }
    let hasUnexpected = episodes.contains { episode in
      !test.expectations.contains { fits(episode, $0) }
    }
    guard hasUnexpected || !missing.isEmpty else { return [] }
    let limit = test.expectations.isEmpty ? "expected no alert at all" : "expected no other alert"
    return missing.map(describe) + (hasUnexpected ? [limit] : []) + happened
  }

  private var happened: [String] {
    guard !episodes.isEmpty else { return ["there was no alert"] }
    let shown = episodes.prefix(Self.shownCountMax).map(\.text)
    let more = episodes.count - shown.count
    return shown + (more > 0 ? ["and \(more) more"] : [])
  }

  private func fits(_ episode: AlertHistory, _ expectation: RuleTest.Expectation) -> Bool {
    guard let alert = episode.alert(at: end(of: expectation.moment)),
      expectation.entity == nil || expectation.entity == alert.entity,
      expectation.reason.map({ alert.reason.contains($0) }) ?? true
    else { return false }
    if alert.state == expectation.state { return true }
    // What opened within the window counts for it, even if it was over before its end.
    return expectation.state == .open && episode.openedAt > start(of: expectation.moment)
  }

  /// The moment at which an expectation is looked at.
  private func end(of moment: RuleTest.Expectation.Moment) -> EventTime {
    switch moment {
    case .at(let time): time
    case .window(let number): windowEnd(number)
    }
  }

  /// The alerts of a window open after its start; those of a point in time may not be over.
  private func start(of moment: RuleTest.Expectation.Moment) -> EventTime {
    switch moment {
    case .at(let time): time
    case .window(let number): windowEnd(number - 1)
    }
  }

  private func windowEnd(_ number: Int) -> EventTime {
    guard case .feed(let feed) = test.input else { return RuleTest.defaultStart }
    return EventTime(
      milliseconds: feed.start.milliseconds + Int64(number + 1) * feed.stepMilliseconds)
  }

  private func describe(_ expectation: RuleTest.Expectation) -> String {
    let time = end(of: expectation.moment).rfc3339
    let place =
      switch expectation.moment {
      case .at: "at \(time)"
      case .window(let number): "when window \(number) closed (\(time))"
      }
    let word = expectation.state == .open ? "an open alert" : "a resolved alert"
    let entity = expectation.entity.map { " about '\($0)'" } ?? ""
    let reason = expectation.reason.map { ", its reason with '\($0)'" } ?? ""
    return "expected \(word)\(entity) \(place)\(reason)"
  }
}
