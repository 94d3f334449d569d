/// Finds a `LogFormat` in the text of an Apache configuration by its nickname, so that a source
/// can name the file that the server itself reads.
public enum ApacheConfiguration {
  /// The statement `LogFormat "…" nickname` in `text`, as it stands there; without a nickname the
  /// only one that has one.
  ///
  /// Source: httpd.apache.org/docs/2.4/configuring.html: one statement a line, a backslash at its
  /// end goes on in the next, `#` begins a comment. Files that `text` includes are not read.
  public static func logFormat(
    named name: String?, in text: String
  ) throws(FormatFault) -> String {
    var found: [(name: String, text: String)] = []
    for line in lines(of: text) where line.lowercased().hasPrefix("logformat") {
      // A line that is none does no harm: it is not the one that is asked for.
      guard let words = try? ConfigurationWords.words(of: line), words.count == 3,
        words[0].text.lowercased() == "logformat"
      else { continue }
      // The last of a name holds, as for the server.
      found.removeAll { $0.name == words[2].text }
      found.append((words[2].text, line))
    }
    return try FormatChoice.one(of: found, named: name, statement: "LogFormat with a nickname")
  }

  private static func lines(of text: String) -> [String] {
    var lines: [String] = []
    var line = ""
    for part in text.split(whereSeparator: \.isNewline) {
      if part.hasSuffix("\\") {
        line += part.dropLast()
        continue
      }
      lines.append((line + part).trimmed)
      line = ""
    }
    if !line.isEmpty { lines.append(line.trimmed) }
    return lines
  }
}

/// Which of the formats that a gateway's configuration names is meant.
enum FormatChoice {
  /// - Parameters:
  ///   - name: `nil` where the only one is meant.
  ///   - statement: what a format is called there, for faults.
  static func one(
    of found: [(name: String, text: String)], named name: String?, statement: String
  ) throws(FormatFault) -> String {
    guard let first = found.first else {
      throw FormatFault(
        "the file has no \(statement)",
        suggestion: "name the file that holds it: includes are not read")
    }
    let names = found.map(\.name)
    guard let name else {
      if found.count == 1 { return first.text }
      throw FormatFault(
        "the file has several: \(names.joined(separator: ", "))",
        suggestion: first.name)
    }
    if let known = found.first(where: { $0.name == name }) { return known.text }
    throw FormatFault(
      "the file has no \(statement) '\(name)', only \(names.joined(separator: ", "))",
      suggestion: Spelling.nearest(name, among: names) ?? first.name)
  }
}

/// The gateways whose own configuration can be named instead of the text of a format.
public enum GatewayConfiguration {
  /// Formats that have a file to name.
  public static let formatNames = [NginxLogFormat.name, ApacheLogFormat.name]

  /// The statement of the format `name` in the text of a configuration.
  public static func logFormat(
    of formatName: String, named name: String?, in text: String
  ) throws(FormatFault) -> String {
    switch formatName {
    case NginxLogFormat.name: return try NginxConfiguration.logFormat(named: name, in: text)
    case ApacheLogFormat.name: return try ApacheConfiguration.logFormat(named: name, in: text)
    default:
      throw FormatFault(
        "the format '\(formatName)' is not read from a file",
        suggestion: "log_format: the text itself")
    }
  }

  /// Path and name of `/etc/nginx/nginx.conf:main`; `nil` where `text` is no path, but a format.
  public static func place(in text: String) -> (path: String, name: String?)? {
    let isFormat = text.contains { "$% \n".contains($0) }
    guard !isFormat else { return nil }
    var path = Substring(text)
    var name: String?
    if let colon = text.lastIndex(of: ":"), text[colon...].count > 1, !text[colon...].contains("/")
    {
      name = String(text[text.index(after: colon)...])
      path = text[..<colon]
    }
    let isPath =
      ["/", "./", "../", "~/"].contains { path.hasPrefix($0) } || path.hasSuffix(".conf")
    return isPath ? (String(path), name) : nil
  }
}
