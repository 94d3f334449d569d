/// Lines as `varnishncsa` writes them.
///
/// Source: varnish-cache.org/docs/trunk/reference/varnishncsa.html. The letters are Apache's, but
/// for those that look into Varnish's own log. `%t` is when the request came in.
public enum VarnishLogFormat: RecordFormat {
  public static let name = "varnish"

  /// What `varnishncsa` writes without `-F`.
  static let combined = #"%h %l %u %t "%r" %s %b "%{Referer}i" "%{User-agent}i""#

  public static func reader(
    for description: FormatDescription
  ) throws(FormatFault) -> any LineReader {
    var template = Template(escape: .backslash)
    let bytes = try formatBytes(description.template ?? combined)
    let parser = PercentTemplate(
      variable: { directive throws(FormatFault) in try variable(directive) },
      letters: "%b %D %H %h %I %i %l %m %O %o %q %r %s %t %T %U %u %x")
    try parser.append(bytes, to: &template)
    guard !template.variables.isEmpty else {
      throw FormatFault(
        "the format has no variables", suggestion: "write what stands behind -F, or nothing")
    }
    let plan = try VariablePlan(template, description, timeAdvice: "add %t")
    return try TemplateReader(template, plan, description)
  }

  /// The bare format, or the options of the command: `varnishncsa -F '…'`.
  private static func formatBytes(
    _ text: String
  ) throws(FormatFault) -> [TemplateByte] {
    let trimmed = text.trimmed
    if trimmed.hasPrefix("varnishncsa ") || trimmed.hasPrefix("-F") {
      let words = try ConfigurationWords.words(of: trimmed)
      if let place = words.firstIndex(where: { $0.text == "-F" }), place + 1 < words.count {
        return words[place + 1].bytes
      }
    }
    let bytes = Array(text.utf8)
    return bytes.indices.map { TemplateByte(value: bytes[$0], offset: $0) }
  }

  private static func variable(
    _ directive: PercentTemplate.Directive
  ) throws(FormatFault) -> TemplateVariable? {
    guard let argument = directive.argument, directive.letter == "x" else {
      return ["a", "B", "e", "n", "C", "p", "P", "k", "v", "V"].contains(directive.letter)
        ? nil : try ApacheVariables.variable(directive)
    }
    var variable = TemplateVariable(directive.spelling, at: directive.offset)
    // What the VCL or the log of a transaction has may come from the client.
    if argument.hasPrefix("VCL_Log:") || argument.hasPrefix("VSL:") {
      variable.shape = .client
      variable.hiding = .always
    } else if argument == "Varnish:vxid" {
      variable.take(.requestID)
    } else if argument == "Varnish:default_format" {
      throw FormatFault(
        "'\(directive.spelling)' stands for a whole format", at: directive.offset,
        suggestion: combined)
    }
    return variable
  }
}

extension VarnishLogFormat {
  public static let samples: [Sample] = [
    Sample(
      FormatDescription(),
      #"127.0.0.1 - - [21/Nov/2026:19:51:49 +0000] "GET http://api.example.test/v1/orders?a=b HTTP/1.1" 200 12 "-" "Evil\"Agent\"""#,
      Sample.Expected(
        time: EventTime(seconds: 1_795_290_709), address: "127.0.0.1", method: "GET",
        path: "/v1/orders", query: "a=b", status: 200, bytesOut: 12, userAgent: #"Evil"Agent""#)),
    Sample(
      FormatDescription(
        template:
          #"varnishncsa -F '%h %{%s}t %m %U%q %s %b %D %{Varnish:handling}x "%{X-Api-Key}i"'"#,
        identity: [IdentityField(field: "X-Api-Key", isSecret: true)]),
      #"::1 1795290709 GET /a?b=c 200 12 1500 hit "k\t1""#,
      Sample.Expected(
        time: EventTime(seconds: 1_795_290_709), address: "::1", method: "GET", path: "/a",
        query: "b=c", status: 200, bytesOut: 12, latencyMicroseconds: 1500, identity: "k\t1")),
    Sample(
      FormatDescription(),
      #"- - - [21/Nov/2026:19:51:49 +0000] "- http://localhost HTTP/1.0" 400 0 "-" "-""#,
      Sample.Expected(time: EventTime(seconds: 1_795_290_709), status: 400, bytesOut: 0)),
  ]
}

extension VarnishLogFormat {
  /// Who writes it and what a source says of it, for the page of formats.
  public static let about = """
    varnishncsa. `log_format` is the text after `-F`; without one it is what varnishncsa writes by \
    itself. With `-j` use the preset `varnish-json`.
    """
}
