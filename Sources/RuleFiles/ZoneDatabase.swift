package import AccessLog
public import Baselines
import Detection
import Foundation

/// Time zones of the system's tz database, as data for the core.
public enum ZoneDatabase {
  /// Transitions are found from 1970 to 2100.
  private static let range: Range<Int64> = 0..<4_102_444_800

  /// No zone changes and changes back within fewer days, so that no pair of changes is missed.
  private static let stepSeconds: Int64 = 7 * 86_400

  /// `nil` where the database does not know `name`.
  public static func zone(named name: String) -> ZoneTransitions? {
    if name == "UTC" { return .utc }
    guard let zone = timeZone(named: name) else { return nil }
    var transitions: [(seconds: Int64, offset: Int32)] = []
    var last = offset(of: zone, at: range.lowerBound)
    let initial = last
    var seconds = range.lowerBound
    while seconds < range.upperBound {
      let next = seconds + stepSeconds
      let offset = offset(of: zone, at: next)
      if offset != last {
        transitions.append((change(of: zone, from: seconds, to: next, offset), offset))
        last = offset
      }
      seconds = next
    }
    return ZoneTransitions(name: name, initialOffset: initial, transitions: transitions)
  }

  static func exists(_ name: String) -> Bool { name == "UTC" || timeZone(named: name) != nil }

  /// The nearest name that exists.
  static func nearest(to name: String) -> String? {
    let all = TimeZone.knownTimeZoneIdentifiers
    let city = name.split(separator: "/").last.map { "/\($0.lowercased())" } ?? ""
    return NearestWord.nearest(to: name, among: all)
      ?? all.first { city.count > 3 && $0.lowercased().hasSuffix(city) }
  }

  /// Only names of the database: Foundation also takes abbreviations, which mean several zones.
  private static func timeZone(named name: String) -> TimeZone? {
    guard name.contains("/"), name.utf8.count <= 64, !name.contains("..") else { return nil }
    return TimeZone(identifier: name)
  }

  /// The first second of `offset`, which does not yet hold at `low` and holds at `high`.
  private static func change(
    of zone: TimeZone, from low: Int64, to high: Int64, _ offset: Int32
  ) -> Int64 {
    var (low, high) = (low, high)
    while high - low > 1 {
      let middle = (low + high) / 2
      if Self.offset(of: zone, at: middle) == offset { high = middle } else { low = middle }
    }
    return high
  }

  private static func offset(of zone: TimeZone, at seconds: Int64) -> Int32 {
    Int32(zone.secondsFromGMT(for: Date(timeIntervalSince1970: TimeInterval(seconds))))
  }
}

extension LocalZone {
  /// The offsets of `zone` by the clock on the wall.
  package init(_ zone: ZoneTransitions) {
    let changes = zone.changes
    self.init(initialOffset: changes[0].offset, transitions: Array(changes.dropFirst()))
  }
}
