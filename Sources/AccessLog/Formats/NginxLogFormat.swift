/// Lines as an nginx `log_format` writes them, and gateways built on nginx: Kong, APISIX,
/// ingress-nginx.
///
/// The template is compiled as the gateway's own configuration has it, because the names of its
/// variables carry type, unit and meaning, and the text between them tells where each ends.
/// nginx stamps a request when it is done.
public enum NginxLogFormat: RecordFormat {
  public static let name = "nginx"

  public static func reader(
    for description: FormatDescription
  ) throws(FormatFault) -> any LineReader {
    let template = try template(of: description)
    let plan = try VariablePlan(
      template, description, timeAdvice: "add [$time_local], $time_iso8601 or $msec")
    // Where nothing is escaped, a client can write keys of its own: then its text ends where the
    // template's does, and what that does not tell is left out.
    guard template.escape != .none, let object = JSONTemplate(template) else {
      return try TemplateReader(template, plan, description)
    }
    return try JSONLineReader(template, plan, object, description, hasBareValues: true)
  }

  public static func unknownVariables(
    in description: FormatDescription
  ) throws(FormatFault) -> [UnknownVariable] {
    // A drafted format calls `$field_1` what it could not name.
    try template(of: description).unknownVariables(nearest: NginxVariables.nearest)
      .filter { !$0.name.hasPrefix("$field_") }
  }

  private static func template(
    of description: FormatDescription
  ) throws(FormatFault) -> Template {
    guard let text = description.template else {
      throw FormatFault(
        "the format 'nginx' needs the text of the gateway's log_format",
        suggestion: "log_format: '$remote_addr - $remote_user …', or format: combined")
    }
    return try template(text)
  }

  /// Reads the bare template, or the whole statement:
  /// `log_format name escape=json '…' '…';`.
  static func template(_ text: String) throws(FormatFault) -> Template {
    var statement = NginxStatement(bytes: Array(text.utf8))
    var escape = NginxStatement.Escape.default
    let parts = try statement.parts(&escape)
    var template = Template(escape: escape.textEscape)
    let parser = DollarTemplate(variable: NginxVariables.variable)
    if let parts {
      for part in parts { try parser.append(part, to: &template) }
    } else {
      try parser.append(text, to: &template)
    }
    guard !template.variables.isEmpty else {
      if let place = GatewayConfiguration.place(in: text) {
        throw FormatFault(
          "'\(text)' is a path, and not the text of a log_format",
          suggestion: "log_format: {file: \(place.path), name: \(place.name ?? "main")}")
      }
      throw FormatFault(
        "the format has no variables", at: 0,
        suggestion: "write the text of the gateway's own log_format, or a preset: combined, main")
    }
    return template.joiningURLs
  }
}

extension NginxStatement.Escape {
  fileprivate var textEscape: TextEscape {
    switch self {
    case .default: .backslash
    case .json: .json
    case .none: .none
    }
  }
}

extension Template {
  /// With `$uri$is_args$args` and `$scheme://$host$request_uri` as one target each.
  fileprivate var joiningURLs: Template {
    let parts = ["$uri", "$is_args", "$args"]
    let url = ["$scheme", "$host", "$request_uri"]
    var joined = Template(escape: escape)
    joined.append(literals[0])
    var index = 0
    while index < variables.count {
      let names = variables[index...].prefix(3).map(\.name)
      let inner = Array(literals[(index + 1)...].prefix(2))
      let isTarget = names == parts && inner == [[], []]
      let isURL = names == url && inner == [Array("://".utf8), []]
      let count = isTarget || isURL ? 3 : 1
      joined.append(joining: variables[index...].prefix(count), as: .target)
      index += count
      joined.append(literals[index])
    }
    return joined
  }

  /// The variables of `$context`-like names that nobody knows.
  func unknownVariables(nearest: (String) -> String?) -> [UnknownVariable] {
    variables.filter(\.isUnknown).map {
      UnknownVariable(name: $0.name, offset: $0.offset, nearest: nearest($0.name))
    }
  }
}

extension NginxLogFormat {
  /// Who writes it and what a source says of it, for the page of formats.
  public static let about = """
    nginx and what is built on it. `log_format` is the text of the gateway's own, bare or as the \
    whole statement with its `escape=`; a JSON object as a template is read by its keys. Besides \
    `$time_local`, `$time_iso8601` or `$msec` log `$request_time`, `$status`, `$request` and the \
    header that names the caller, such as `$http_x_api_key`. Names that nginx does not have are \
    read as text. The stamp is the end of the request.
    """
}
