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
    if let template = row.template {
      return [try templateChoice(row.format, template)]
        + (alternatives[row.format] ?? []).compactMap(Self.choice)
    }
    let names = presets[row.format] ?? [row.format.split(separator: "/").joined(separator: "-")]
    let choices = names.compactMap(Self.choice)
    guard !choices.isEmpty else {
      throw FormatFault("no preset for '\(row.format)', and the row says no format_string")
    }
    return choices
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
    let writer = String(format.prefix { $0 != "/" })
    let name = writers[writer] ?? writer
    guard RecordFormats.format(named: name) != nil else {
      throw FormatFault("there is no format '\(name)'")
    }
    // The exam gives the text of an nginx template and, in the format's name, its escape.
    var template = template
    if name == "nginx", let escape = escapes[format] {
      template = "log_format exam escape=\(escape) '\(template)';"
    }
    return Choice(formatName: name, description: FormatDescription(template: template))
  }

  /// Gateways that write another's format.
  private static let writers = ["kong": "nginx", "iis": "w3c"]

  /// What stands before the template in the gateway's configuration.
  private static let escapes = ["nginx/json": "json", "nginx/escape_none": "none"]

  /// What stands in the same files as lines of the template: Debian puts lines with the virtual
  /// host into a file of their own, others do not.
  private static let alternatives = ["apache/combined": ["vhost-combined", "host-combined"]]

  private static let presets: [String: [String]] = [
    "apache/combined": ["apache-combined"],
    "apisix/json": ["apisix-json"],
    "apisix/syslog_json": ["apisix-json"],
    "aws/alb": ["aws-alb"],
    "aws/cloudfront": ["cloudfront"],
    "aws/elb_classic": ["aws-elb"],
    "azure/appgw_json": ["azure-appgw"],
    "caddy/json": ["caddy"],
    "envoy/json": ["envoy-gateway-json"],
    "envoy/json_custom": ["istio-json"],
    "envoy/text": ["envoy-default"],
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
    "wso2/apim_metrics": ["wso2-metrics"],
  ]
}
