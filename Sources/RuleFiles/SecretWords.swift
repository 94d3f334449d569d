/// Values that a person should not have typed into a configuration, and that no fault repeats.
enum SecretWords {
  /// The line with the values of `password:`, `token=` and their like as stars, one a character
  /// so that columns stay what they were.
  static func masked(_ line: String) -> String {
    // `{field: x, secret: true}` says of a field that it is one.
    let pattern =
      /(?i)[\w-]*(?:password|passwd|pwd|secret|token|api_?key|authorization|credentials?)[\w-]*["']?\s*[:=]\s*(?!(?:true|false|yes|no|on|off)\b)([^\s,}].*?)(?=\s*(?:[,}]|$))/
    var text = line
    for match in line.matches(of: pattern).reversed() {
      if line.contains("field:"), match.output.0.hasPrefix("secret:") { continue }
      let stars = String(repeating: "*", count: match.output.1.unicodeScalars.count)
      text.replaceSubrange(match.output.1.startIndex..<match.output.1.endIndex, with: stars)
    }
    return text
  }
}
