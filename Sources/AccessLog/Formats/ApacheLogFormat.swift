/// Lines as an Apache `LogFormat` writes them, and servers that took over its letters: Tomcat,
/// Jetty, LiteSpeed.
///
/// Source: httpd.apache.org/docs/2.4/mod/mod_log_config.html, mod_logio.html and mod_ssl.html.
/// `%t` is when the request came in; `%{end:…}t` is when it was done.
public enum ApacheLogFormat: RecordFormat {
  public static let name = "apache"

  public static func reader(
    for description: FormatDescription
  ) throws(FormatFault) -> any LineReader {
    let template = try template(of: description)
    let plan = try VariablePlan(template, description, timeAdvice: "add %t")
    return try TemplateReader(template, plan, description)
  }

  /// The formats that come with Apache, or with Debian's.
  static let nicknames = [
    ("common", #"%h %l %u %t "%r" %>s %b"#),
    ("combined", #"%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i""#),
    ("combinedio", #"%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i" %I %O"#),
    ("vhost_common", #"%v %h %l %u %t "%r" %>s %b"#),
    ("vhost_combined", #"%v:%p %h %l %u %t "%r" %>s %O "%{Referer}i" "%{User-Agent}i""#),
  ]

  private static func template(
    of description: FormatDescription
  ) throws(FormatFault) -> Template {
    let bytes = try formatBytes(description.template ?? "combined")
    var template = Template(escape: .backslash)
    template.trailing = .textButBlanks
    let parser = PercentTemplate(
      variable: { directive throws(FormatFault) in try ApacheVariables.variable(directive) },
      letters: "%a %A %b %B %D %e %f %h %H %i %I %l %m %n %o %O %p %q %r %s %t %T %u %U %v %V %X")
    try parser.append(bytes, to: &template)
    template.supplementTimes()
    guard !template.variables.isEmpty else {
      throw FormatFault(
        "the format has no variables",
        suggestion: "write the text of the LogFormat, or combined, common, vhost_combined")
    }
    return template
  }

  /// The text of the format: of a nickname, of a whole statement, or as it is.
  private static func formatBytes(
    _ text: String
  ) throws(FormatFault) -> [TemplateByte] {
    var text = text
    let trimmed = text.trimmed
    if let known = nicknames.first(where: { $0.0 == trimmed }) { text = known.1 }
    let words = trimmed.split(whereSeparator: \.isWhitespace).first.map { $0.lowercased() }
    if ["logformat", "customlog", "transferlog", "globallog"].contains(words) {
      let words = try ConfigurationWords.words(of: trimmed)
      let place = words[0].text.lowercased() == "logformat" ? 1 : 2
      guard words.count > place else {
        throw FormatFault("the statement has no format", suggestion: "LogFormat \"%h …\" name")
      }
      let word = words[place]
      if let known = nicknames.first(where: { $0.0 == word.text }) {
        return try formatBytes(known.1)
      }
      return unescaped(word.bytes)
    }
    let bytes = Array(text.utf8)
    let plain = bytes.indices.map { TemplateByte(value: bytes[$0], offset: $0) }
    // What was copied out of a statement with its quotes still escaped.
    let isQuoted =
      trimmed.hasPrefix("\"%") && trimmed.hasSuffix("\"") && trimmed.contains("\\\"")
    if isQuoted { return unescaped(try ConfigurationWords.words(of: trimmed)[0].bytes) }
    return unescaped(plain)
  }

  /// `\t` and `\n` are what they are in C, and a backslash before a quote or a backslash goes.
  private static func unescaped(_ bytes: [TemplateByte]) -> [TemplateByte] {
    var result: [TemplateByte] = []
    var index = 0
    while index < bytes.count {
      var byte = bytes[index]
      index += 1
      if byte.value == ASCII.backslash, index < bytes.count {
        let known: [UInt8: UInt8] = [
          UInt8(ascii: "t"): ASCII.tab, UInt8(ascii: "n"): ASCII.newline,
          UInt8(ascii: "r"): ASCII.carriageReturn, ASCII.quote: ASCII.quote,
          ASCII.backslash: ASCII.backslash,
        ]
        if let value = known[bytes[index].value] {
          byte.value = value
          index += 1
        }
      }
      result.append(byte)
    }
    return result
  }
}

extension String {
  /// Without white space at both ends.
  var trimmed: String {
    var text = Substring(self)
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
  }
}

extension ApacheLogFormat {
  /// Who writes it and what a source says of it, for the page of formats.
  public static let about = """
    Apache httpd. `log_format` is the text of `LogFormat`, with or without the directive around it. \
    `%t` or `%{…}t` is the time, `%D` or `%{ms}T` the latency, `%{X-Api-Key}i` a header that names \
    the caller. A time without a year needs `year`, one without a zone `timezone`.
    """
}
