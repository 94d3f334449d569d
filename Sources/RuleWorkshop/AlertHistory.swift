import AccessLog
import Detection

/// One episode with all that was told of it.
struct AlertHistory {
  /// Ascending by revision; never empty.
  private(set) var revisions: [Alert]

  /// The episodes of `alerts`, in the order in which they were opened.
  static func histories(of alerts: [Alert]) -> [AlertHistory] {
    var histories: [AlertHistory] = []
    var places: [String: Int] = [:]
    for alert in alerts {
      if let place = places[alert.id] {
        histories[place].revisions.append(alert)
      } else {
        places[alert.id] = histories.count
        histories.append(AlertHistory(revisions: [alert]))
      }
    }
    return histories
  }

  var openedAt: EventTime { revisions[0].revisedAt }

  /// The episode as it stood at `time`; `nil` where it had not been opened.
  func alert(at time: EventTime) -> Alert? { revisions.last { $0.revisedAt <= time } }

  /// `opened 2026-01-19T00:00:31.000Z, resolved …: the reason`.
  var text: String {
    let last = revisions[revisions.count - 1]
    let end = last.state == .resolved ? ", resolved \(last.revisedAt.rfc3339)" : ""
    return "opened \(openedAt.rfc3339)\(end): \(last.reason)"
  }
}
