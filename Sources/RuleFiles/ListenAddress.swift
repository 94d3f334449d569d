/// Where a service takes in lines that a gateway sends by itself.
public enum ListenAddress: Hashable, Sendable {
  /// A socket of the file system that takes messages one by one, as `/dev/log` does.
  case unixDatagrams(path: String)
  case unixStream(path: String)
  /// A port of this machine; who sends from elsewhere can be anybody.
  case udp(host: String, port: UInt16)
  case tcp(host: String, port: UInt16)
  case pipe(path: String)
  case standardInput

  public static let forms =
    "unix:/run/tollwatch/edge.sock, unix-stream:PATH, udp:127.0.0.1:5514, tcp:[::1]:5514, fifo:PATH, stdin"

  /// `nil` where the text is none of ``forms``, or an address that others can reach.
  public init?(_ text: String) {
    if text == "stdin" {
      self = .standardInput
      return
    }
    guard let colon = text.firstIndex(of: ":") else { return nil }
    let rest = String(text[text.index(after: colon)...])
    switch text[..<colon] {
    case "unix" where rest.hasPrefix("/"): self = .unixDatagrams(path: rest)
    case "unix-stream" where rest.hasPrefix("/"): self = .unixStream(path: rest)
    case "fifo" where rest.hasPrefix("/"): self = .pipe(path: rest)
    case "udp":
      guard let (host, port) = Self.loopback(rest) else { return nil }
      self = .udp(host: host, port: port)
    case "tcp":
      guard let (host, port) = Self.loopback(rest) else { return nil }
      self = .tcp(host: host, port: port)
    default: return nil
    }
  }

  private static func loopback(_ text: String) -> (host: String, port: UInt16)? {
    guard let colon = text.lastIndex(of: ":"),
      let port = UInt16(text[text.index(after: colon)...]), port > 0
    else { return nil }
    let host = text[..<colon]
    if host == "[::1]" { return ("::1", port) }
    let parts = host.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
    guard parts.count == 4, parts[0] == 127, !parts.contains(nil) else { return nil }
    return (String(host), port)
  }
}
