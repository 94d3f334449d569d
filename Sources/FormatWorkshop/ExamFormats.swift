import AccessLog

/// The formats with which a row of an exam is read, in the order in which a user would give them.
struct ExamFormats {
  /// One way to read the row.
  struct Choice: Hashable {
    var formatName: String
    var description: FormatDescription

    /// The same, where `identity` alone names the caller.
    func asking(for identity: String) -> Choice {
      var copy = self
      copy.description.identity = [IdentityField(field: identity, isSecret: false)]
      return copy
    }

    func reader() throws(FormatFault) -> any LineReader {
      guard let format = RecordFormats.format(named: formatName) else {
        throw FormatFault("there is no format '\(formatName)'")
      }
      return try format.reader(for: description)
    }
  }

  /// What a user of that gateway would write; a fault where nothing fits.
  static func choices(for row: ExamRow) throws(FormatFault) -> [Choice] {
    let presets = presetChoices(row.format)
    if let template = row.template {
      // Of gateways with one format the string is what turns the log on.
      if templateFormat(row.format, template) == nil, !presets.isEmpty { return presets }
      return [try templateChoice(row.format, template)]
        + (alternatives[row.format] ?? []).compactMap(Self.choice)
    }
    guard !presets.isEmpty else {
      throw FormatFault("no preset for '\(row.format)', and the row says no format_string")
    }
    return presets
  }

  private static func presetChoices(_ format: String) -> [Choice] {
    let names = presets[format] ?? [format.split(separator: "/").joined(separator: "-")]
    return names.compactMap(Self.choice)
  }

  private static func choice(_ name: String) -> Choice? {
    if let preset = Presets.preset(named: name) {
      return Choice(formatName: preset.formatName, description: preset.description)
    }
    guard RecordFormats.format(named: name) != nil else { return nil }
    return Choice(formatName: name, description: FormatDescription())
  }

  private static func templateChoice(
    _ format: String, _ template: String
  ) throws(FormatFault) -> Choice {
    guard let name = templateFormat(format, template) else {
      throw FormatFault("there is no format '\(format.prefix { $0 != "/" })'")
    }
    // The exam gives the text of an nginx template and, in the format's name, its escape.
    var template = template
    if name == "nginx", let escape = escapes[format], !template.hasPrefix("log_format") {
      template = "log_format exam escape=\(escape) '\(quoted(template))';"
    }
    return Choice(formatName: name, description: FormatDescription(template: template))
  }

  /// The format that reads the templates of the row's writer; `nil` where it has none.
  private static func templateFormat(_ format: String, _ template: String) -> String? {
    if template.contains("$context.") { return "apigateway" }
    if template.hasPrefix("#") { return "w3c" }
    let writer = String(format.prefix { $0 != "/" })
    let name = writers[writer] ?? writer
    // These read lines, and no templates.
    guard !["json", "alb", "elb", "traefik"].contains(name) else { return nil }
    return RecordFormats.format(named: name) == nil ? nil : name
  }

  /// As it stands between single quotes of the configuration; quotes that it keeps from ending
  /// the text already stay.
  private static func quoted(_ template: String) -> String {
    var text = ""
    var isKept = false
    for character in template {
      if character == "'", !isKept { text.append("\\") }
      isKept = character == "\\" && !isKept
      text.append(character)
    }
    return text
  }

  /// Gateways that write another's format.
  private static let writers = [
    "kong": "nginx", "apisix": "nginx", "ingress-nginx": "nginx", "openresty": "nginx",
    "angie": "nginx", "istio": "envoy", "httpd": "apache", "iis": "w3c", "netscaler": "w3c",
  ]

  /// What stands before the template in the gateway's configuration.
  private static let escapes = ["nginx/json": "json", "nginx/escape_none": "none"]

  /// What stands in the same files as lines of the template: Debian puts lines with the virtual
  /// host into a file of their own, others do not.
  private static let alternatives = ["apache/combined": ["vhost-combined", "host-combined"]]

  private static let presets: [String: [String]] = [
    "apache/combined": ["apache-combined"],
    "apache/nasty": ["combined"],
    "apigee/json": ["apigee"],
    "apisix/json": ["apisix-json"],
    "apisix/syslog_json": ["apisix-json"],
    "aws/alb": ["aws-alb"],
    "aws/apigw": ["aws-apigw-json"],
    "aws/apigateway_rest_json": ["aws-apigw-json"],
    "aws/apigw_json": ["aws-apigw-json"],
    "aws/cloudfront": ["cloudfront"],
    "aws/elb_classic": ["aws-elb"],
    "azure/apim_json": ["azure-apim"],
    "azure/appgw_json": ["azure-appgw"],
    "azure/front_door_json": ["azure-front-door"],
    "caddy/json": ["caddy"],
    "envoy/json": ["envoy-gateway-json"],
    "envoy/istio_json": ["istio-json"],
    "envoy/istio_text": ["istio"],
    "envoy/json_custom": ["istio-json"],
    "envoy/text": ["envoy-default"],
    "gcp/lb_json": ["gcp-lb"],
    "gravitee/json": ["gravitee-metrics"],
    "haproxy/http": ["haproxy-http", "haproxy-https"],
    "kong/json": ["kong-file-log"],
    "kong/proxy_access": ["kong", "main", "combined", "common"],
    "nginx/bunkerweb": ["bunkerweb", "host-combined"],
    "nginx/combined": ["combined"],
    "nginx/common": ["common"],
    "nginx/custom": ["npmplus", "host-combined"],
    "nginx/main": ["main"],
    "nginx/npm": ["npm-proxy", "npm-standard", "combined"],
    "nginx/npmplus": ["npmplus"],
    "nginx/upstreaminfo": ["ingress-nginx"],
    "other/cpanel": ["cpanel"],
    "other/jetty_ncsa": ["combined", "common"],
    "other/litespeed": ["combined"],
    "other/tomcat_common": ["common"],
    "other/zoraxy": ["zoraxy"],
    "traefik/common": ["traefik-clf"],
    "traefik/json": ["traefik-json"],
    "varnish/ncsa": ["varnish", "combined"],
    "tyk/logrus_text": ["tyk"],
    "tyk/text": ["tyk"],
    "wso2/apim_metrics": ["wso2-metrics"],
  ]
}
