import Detection

/// Reads request matchers: `ANY /v*/**`, `GET,POST /v1/orders/*`.
enum MatcherText {
  static let lengthMax = 1024

  private static let methods = [
    "ANY", "CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE",
  ]

  /// `nil`, and a fault, where `value` is none.
  static func matcher(
    _ value: PlacedText, name: String, sink: DiagnosticSink
  ) -> RequestMatcher? {
    let parts = value.text.split(separator: " ")
    guard parts.count == 2, value.text.utf8.count <= lengthMax else {
      let isPath = parts.count == 1 && value.text.hasPrefix("/")
      // In brackets YAML takes `GET,POST /a` for two entries.
      let isMethod = methods.contains(value.text)
      let hint = isMethod ? "; in a list it must be quoted, for a comma ends the entry" : ""
      sink.report(
        "\(name) is not methods and a path, such as 'GET,POST /v*/orders'\(hint)",
        at: value.mark, suggestion: isPath ? "ANY \(value.text)" : nil)
      return nil
    }
    let words = parts[0].split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    let areMethods = words.map { check(method: $0, value, name, sink) }
    let isGlob = check(glob: String(parts[1]), value, name, sink)
    guard isGlob, !areMethods.contains(false) else { return nil }
    let isAny = words.contains("ANY")
    return RequestMatcher(methods: isAny ? [] : words.sorted(), glob: PathGlob(String(parts[1])))
  }

  /// Other methods than the common ones are legal, if they look like one.
  private static func check(
    method: String, _ value: PlacedText, _ name: String, _ sink: DiagnosticSink
  ) -> Bool {
    let isUpper = !method.isEmpty && method.utf8.allSatisfy { (65...90).contains($0) || $0 == 45 }
    let nearest = NearestWord.nearest(to: method, among: methods)
    if isUpper, methods.contains(method) { return true }
    if isUpper, nearest == nil { return true }
    let known = methods.contains(method.uppercased()) ? method.uppercased() : nearest
    sink.report(
      "\(name): '\(method)' is not a method in upper case", at: value.mark, suggestion: known)
    return false
  }

  private static func check(
    glob: String, _ value: PlacedText, _ name: String, _ sink: DiagnosticSink
  ) -> Bool {
    guard glob.hasPrefix("/") else {
      sink.report(
        "\(name): the path must begin with '/'", at: value.mark, suggestion: "/\(glob)")
      return false
    }
    let segments = glob.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
    if let wrong = segments.first(where: { $0.contains("**") && $0 != "**" }) {
      sink.report(
        "\(name): '**' must be a whole segment, not a part of '\(wrong)'", at: value.mark,
        suggestion: String(wrong).replacing("**", with: "*"))
      return false
    }
    return true
  }
}
