/// Every format there is, by name.
public enum RecordFormats {
  public static let all: [any RecordFormat.Type] = [
    ApacheLogFormat.self,
    EnvoyLogFormat.self,
    HAProxyLogFormat.self,
    JSONLines.self,
    NginxLogFormat.self,
    VarnishLogFormat.self,
  ]

  public static func format(named name: String) -> (any RecordFormat.Type)? {
    all.first { $0.name == name }
  }
}
