import AccessLog
import Detection
import Foundation

/// Marks that were set while no service ran: the next one takes them from the database.
struct KeptMarks {
  /// So many wait for a service; then it is time to look after it.
  static let countMax = 1000

  private(set) var marks: [Mark] = []

  private struct Row: Codable {
    var name: String
    var time: Int64
  }

  init() {}

  init(json: String?) {
    let rows = json.flatMap { try? JSONDecoder().decode([Row].self, from: Data($0.utf8)) } ?? []
    marks = rows.filter { Mark.isLegal(name: $0.name) }.prefix(Self.countMax).map {
      Mark(name: $0.name, time: EventTime(milliseconds: $0.time))
    }
  }

  /// False where there is no room.
  mutating func add(_ mark: Mark) -> Bool {
    if marks.contains(mark) { return true }
    guard marks.count < Self.countMax else { return false }
    marks.append(mark)
    return true
  }

  var json: String {
    let rows = marks.map { Row(name: $0.name, time: $0.time.milliseconds) }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    return (try? encoder.encode(rows)).map { String(decoding: $0, as: UTF8.self) } ?? "[]"
  }
}
