import AlertStore
import Foundation

/// How far the logs were read of which alerts were told: in the database before anybody hears of them.
///
/// A process that dies has decided nothing up to there but what the journal has. The next one
/// must not decide more before it is there, too: a source that is back by then, say, was not there when
/// the alerts were told.
struct ToldReach: Hashable {
  /// Under which the database has it.
  static let key = "told_reach"

  /// By the name of the source.
  var places: [String: LogPlace]

  init(_ places: [String: LogPlace]) { self.places = places }

  /// As the database has it.
  init?(json: String?) {
    guard let json,
      let all = try? JSONDecoder().decode([String: [Int64]].self, from: Data(json.utf8)),
      all.values.allSatisfy({ $0.count == 2 })
    else { return nil }
    places = all.mapValues { LogPlace(segment: Int($0[0]), offset: $0[1]) }
  }

  var json: String { SortedJSON.text(places.mapValues { [Int64($0.segment), $0.offset] }) }
}
