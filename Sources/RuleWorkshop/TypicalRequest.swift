import Detection
import RuleFiles

/// A request that a rule counts, for feeds that do not say which they mean.
enum TypicalRequest {
  /// The first of the rule's matchers, with something in place of its stars.
  static func request(for rule: Rule) -> RuleTest.Request {
    guard let matcher = rule.filter.matchers.first else {
      return RuleTest.Request(method: "GET", target: "/v1/things")
    }
    return RuleTest.Request(
      method: matcher.methods.first ?? "GET", target: target(of: matcher.glob.text))
  }

  private static func target(of glob: String) -> String {
    let segments = glob.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
    return "/" + segments.map(segment).joined(separator: "/")
  }

  private static func segment(_ pattern: Substring) -> String {
    if pattern == "v*" { return "v1" }
    if pattern == "*" || pattern == "**" || pattern.hasPrefix("{") { return "things" }
    return String(pattern).replacing("*", with: "x")
  }
}
