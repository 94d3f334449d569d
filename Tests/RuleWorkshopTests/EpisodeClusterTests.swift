import AccessLog
import Detection
import RuleWorkshop
import Testing

@Suite struct EpisodeClusterTests {
  /// Alerts of a run, each `entity start-end`, in minutes; without an end it is open.
  private func run(_ texts: String...) -> [TrialEpisode] {
    var episodes = TrialEpisodes()
    for text in texts {
      let words = text.split(separator: " ")
      let times = words[1].split(separator: "-").compactMap { Int64($0) }
      episodes.add([Self.alert(String(words[0]), times[0], times.count > 1 ? times[1] : nil)])
    }
    return episodes.all
  }

  private static func alert(
    _ entity: String, _ start: Int64, _ end: Int64?, revision: Int = 1, reason: String = ""
  ) -> Alert {
    Alert(
      id: "\(entity)@\(start)", revision: revision, ruleID: "limit", kind: "threshold",
      ruleHash: "", severity: .low, entityType: .key, entity: entity,
      state: end == nil ? .open : .resolved, startedAt: EventTime(seconds: start * 60),
      detectedAt: EventTime(seconds: start * 60 + 1),
      endedAt: end.map { EventTime(seconds: $0 * 60) }, observed: 1, unit: "requests", score: 6,
      sampleSize: 1, isLearning: false, reason: reason, revisedAt: EventTime(seconds: 0))
  }

  private func found(_ runs: [[TrialEpisode]]) -> [String] {
    EpisodeCluster.clusters(of: runs).map { cluster in
      cluster.entity + " " + runs.indices.map { cluster.isFound(by: $0) ? "x" : "-" }.joined()
    }
  }

  @Test func `alerts of one entity whose times overlap are one trouble`() {
    let old = run("a 0-10", "b 5-20", "a 100-110")
    let new = run("a 10-15", "b 21-30", "c 7-9")
    #expect(found([old, new]) == ["a xx", "b x-", "c -x", "b -x", "a x-"])
  }

  @Test func `what a tight rule tells as two, a loose one tells as one`() {
    #expect(found([run("a 0-10", "a 20-30"), run("a 0-40")]) == ["a xx"])
  }

  @Test func `an alert that is open has no end`() {
    #expect(found([run("a 0"), run("a 500-600")]) == ["a xx"])
  }

  @Test func `the last revision of an alert is kept, and what finds no room is counted`() {
    var episodes = TrialEpisodes(countMax: 1)
    episodes.add([Self.alert("a", 0, nil, reason: "12 requests")])
    episodes.add([Self.alert("a", 0, 9, revision: 2, reason: "90 requests")])
    episodes.add([Self.alert("b", 0, nil), Self.alert("b", 0, 9, revision: 2)])
    #expect(episodes.all.map(\.reason) == ["90 requests"])
    #expect(episodes.all[0].endedAt == EventTime(seconds: 540))
    #expect(episodes.leftOutCount == 1)
  }
}
