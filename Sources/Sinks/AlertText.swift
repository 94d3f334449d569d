import AccessLog
public import Detection
public import Terminal

/// Alerts as people read them, one block each:
///
///     2026-11-21 09:05Z  HIGH  spike  supplier northwind  OPEN
///       northwind sent 1,840 requests in 5 min; …
///       ▁▁▂▁▁▂▁▁▁▆█  5 min a bar from 08:10Z; the highest 1,840
///       ▂▂▂▂▂▂▂▂▂▂▂  usual at the end: 210 to 480
///       rule supplier-traffic-spike, revision 2, score 8.25
///       edge access.log.1.gz:81920  192.0.2.7 - - [21/Nov/2026:…
///
/// The time is that of the change. Whatever a client could have written is escaped: no alert
/// can move the cursor, colour the screen or pretend to be a second one.
public struct AlertText: Sendable {
  public var isColored: Bool
  /// The file of a line of evidence, where it is known.
  public var file: @Sendable (EvidenceLine) -> String?

  /// The width that pictures and sentences fit, asked anew for each alert; `nil` for any.
  public var columns: @Sendable () -> Int?

  public init(
    isColored: Bool = false, columns: @escaping @Sendable () -> Int? = { nil },
    file: @escaping @Sendable (EvidenceLine) -> String? = { _ in nil }
  ) {
    self.isColored = isColored
    self.columns = columns
    self.file = file
  }

  /// Appends the block of `alert` and an empty line.
  public func write(_ alert: Alert, into bytes: inout [UInt8]) {
    writeHeading(alert, into: &bytes)
    writeReason(of: alert, into: &bytes)
    writePicture(of: alert, into: &bytes)
    writeRule(alert, into: &bytes)
    for line in alert.evidence { writeEvidence(line, into: &bytes) }
    bytes.append(UInt8(ascii: "\n"))
  }

  private func writeHeading(_ alert: Alert, into bytes: inout [UInt8]) {
    writeMinute(of: alert.revisedAt, into: &bytes)
    bytes.append(contentsOf: "  ".utf8)
    write(alert.severity, into: &bytes)
    let entity = alert.entityType == .global ? [] : [" ", alert.entity]
    writeLine(
      ["  ", alert.kind, "  ", alert.entityType.rawValue] + entity + ["  ", alert.stateWord],
      into: &bytes)
  }

  private func writeReason(of alert: Alert, into bytes: inout [UInt8]) {
    guard let width = columns() else { return writeLine(["  ", alert.reason], into: &bytes) }
    // Escaped before it is measured; a line of evidence stays whole, to be copied.
    let reason = TerminalText.escaped(alert.reason)
    for line in DisplayWidth.wrap(reason, to: width - 2) {
      bytes.append(contentsOf: "  \(line)\n".utf8)
    }
  }

  /// What is over was shown when it was told first.
  private func writePicture(of alert: Alert, into bytes: inout [UInt8]) {
    guard let picture = alert.picture, alert.state != .resolved else { return }
    let width = columns().map { $0 - 2 }
    for line in PictureText(picture).lines(columns: width, isColored: isColored) {
      // It holds numbers and our own words, and is not escaped because of its colours.
      bytes.append(contentsOf: "  \(line)\n".utf8)
    }
  }

  private func writeRule(_ alert: Alert, into bytes: inout [UInt8]) {
    var score: [UInt8] = []
    JSONText.append(alert.score, to: &score)
    let learning = alert.isLearning ? ", still learning" : ""
    writeLine(
      [
        "  rule ", alert.ruleID, ", revision ", "\(alert.revision)", ", score ",
        String(decoding: score, as: UTF8.self), learning,
      ], into: &bytes)
  }

  private func writeEvidence(_ line: EvidenceLine, into bytes: inout [UInt8]) {
    let place = file(line).map { " \($0):\(line.offset)" } ?? ""
    let mark = line.isUnverified ? " (unverified)" : ""
    writeLine(["  ", line.source, place, mark, "  ", line.line], into: &bytes)
  }

  /// `2026-11-21 09:05Z`.
  private func writeMinute(of time: EventTime, into bytes: inout [UInt8]) {
    var text: [UInt8] = []
    RFC3339.append(time, to: &text)
    bytes.append(contentsOf: text[0..<10])
    bytes.append(UInt8(ascii: " "))
    bytes.append(contentsOf: text[11..<16])
    bytes.append(UInt8(ascii: "Z"))
  }

  /// The parts and a line end; every part is escaped, ours too.
  private func writeLine(_ parts: [String], into bytes: inout [UInt8]) {
    for part in parts { TerminalText.append(part, to: &bytes) }
    bytes.append(UInt8(ascii: "\n"))
  }

  private func write(_ severity: Severity, into bytes: inout [UInt8]) {
    let word = severity.rawValue.uppercased()
    bytes.append(contentsOf: (isColored ? severity.style.applied(to: word) : word).utf8)
  }
}

extension Severity {
  /// How its word stands out on a screen with colour.
  public var style: TextStyle {
    switch self {
    case .critical: .alarm
    case .high: .red
    case .medium: .yellow
    case .low: .cyan
    case .info: .quiet
    }
  }
}

extension Alert {
  fileprivate var stateWord: String { state.rawValue.uppercased() }
}
