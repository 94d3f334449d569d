import AccessLog
import Foundation

/// The first object of a log, as a map of what its values look like.
struct JSONSketch {
  private(set) var fields: [FieldMapping] = []

  private static let depthMax = 4
  private static let pathCountMax = 200

  private var values: [(path: String, value: Any)] = []

  init?(_ line: String) {
    guard let root = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
    else { return nil }
    collect(root, under: "", depth: 0)
    add("time", named: /time|ts|date|start|stamp/) { Self.timeUnit($0) != nil }
    if !has("time") { add("time", named: /./) { Self.timeUnit($0) != nil } }
    add("client_ip", named: /ip|addr|client|remote|peer/) {
      ($0 as? String)?.contains(/^(?:[0-9.]{7,15}|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*:.*)$/) == true
    }
    add("method", named: /./) {
      ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"].contains($0 as? String)
    }
    add("target", named: /uri|url|path|target|resource/) { ($0 as? String)?.hasPrefix("/") == true }
    add("status", named: /status|code/) {
      Self.number($0).map { (100...599).contains($0) } == true
    }
    add("bytes_out", named: /bytes|size|length/) { Self.number($0) != nil }
    add("latency", named: /latency|duration|elapsed|took|request_time|response_time/) {
      Self.number($0) != nil
    }
    add("user_agent", named: /agent/) { $0 is String }
    add("request_id", named: /request.?id|trace.?id|correlation/) { $0 is String }
  }

  private func has(_ field: String) -> Bool { fields.contains { $0.field == field } }

  private mutating func collect(_ object: [String: Any], under prefix: String, depth: Int) {
    for (key, value) in object.sorted(by: { $0.key < $1.key }) {
      // What is no plain name may be anything that a client sent.
      guard values.count < Self.pathCountMax, key.contains(/^[@A-Za-z_][A-Za-z0-9_@-]{0,63}$/)
      else { continue }
      if let inner = value as? [String: Any], depth < Self.depthMax {
        collect(inner, under: prefix + key + ".", depth: depth + 1)
      } else {
        values.append((prefix + key, value))
      }
    }
  }

  private mutating func add(
    _ field: String, named name: some RegexComponent, if fits: (Any) -> Bool
  ) {
    let taken = Set(fields.flatMap(\.paths))
    let found = values.first {
      !taken.contains($0.path) && $0.path.lowercased().contains(name) && fits($0.value)
    }
    guard let found else { return }
    fields.append(
      FieldMapping(field: field, paths: [found.path], unit: Self.unit(of: field, found)))
  }

  private static func unit(of field: String, _ found: (path: String, value: Any)) -> String? {
    switch field {
    case "time": return timeUnit(found.value).flatMap { $0.isEmpty ? nil : $0 }
    case "latency":
      let path = found.path.lowercased()
      if path.hasSuffix("us") || path.hasSuffix("micros") { return "us" }
      return path.hasSuffix("ms") || path.hasSuffix("millis") ? "ms" : "s"
    default: return nil
    }
  }

  /// The unit of an instant; empty where a text says it itself, `nil` where it is none.
  private static func timeUnit(_ value: Any) -> String? {
    if let text = value as? String {
      if text.contains(/^\d{4}-\d\d-\d\d[T ]\d\d:\d\d/) { return "" }
      return text.contains(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:/) ? "" : nil
    }
    guard let number = number(value) else { return nil }
    switch number {
    case 1e9..<1e11: return "epoch_s"
    case 1e12..<1e14: return "epoch_ms"
    case 1e15..<1e17: return "epoch_us"
    case 1e18..<1e20: return "epoch_ns"
    default: return nil
    }
  }

  private static func number(_ value: Any) -> Double? {
    (value as? NSNumber)?.doubleValue ?? (value as? String).flatMap(Double.init)
  }
}
