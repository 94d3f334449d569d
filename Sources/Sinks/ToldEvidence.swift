import Detection

/// Which lines of evidence a person has been shown, so that a later revision of the same alert
/// shows what is new.
struct ToldEvidence: Sendable {
  /// Alerts kept in mind; of more, every revision shows all its lines.
  static let alertCountMax = 10_000

  /// By alert, the hashes of its lines; an alert has a bounded number.
  private var hashes: [String: Set<String>] = [:]

  /// The alert with the lines that no earlier revision had.
  mutating func leavingNew(of alert: Alert) -> Alert {
    guard let known = hashes[alert.id] else {
      if alert.state != .resolved, hashes.count < Self.alertCountMax {
        hashes[alert.id] = Set(alert.evidence.map(\.lineHash))
      }
      return alert
    }
    var rest = alert
    rest.evidence.removeAll { known.contains($0.lineHash) }
    // What is over is told no more.
    hashes[alert.id] = alert.state == .resolved ? nil : known.union(rest.evidence.map(\.lineHash))
    return rest
  }
}
