/// Every format there is, by name.
public enum RecordFormats {
  public static let all: [any RecordFormat.Type] = [
    ALBLogFormat.self,
    APIGatewayLogFormat.self,
    ApacheLogFormat.self,
    ELBLogFormat.self,
    EnvoyLogFormat.self,
    HAProxyLogFormat.self,
    JSONLines.self,
    LogfmtLines.self,
    NginxLogFormat.self,
    TraefikLogFormat.self,
    VarnishLogFormat.self,
    W3CLogFormat.self,
  ]

  public static func format(named name: String) -> (any RecordFormat.Type)? {
    all.first { $0.name == name }
  }
}
