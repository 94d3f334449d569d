/// What the variables of HAProxy's `log-format` mean, and in which unit they are logged.
/// Source: docs.haproxy.org, configuration manual, section 8.2.6 (custom log format).
enum HAProxyVariables {
  /// - Parameter name: without its percent sign and flags.
  static func variable(
    _ name: String, spelling: String, at offset: Int
  ) -> TemplateVariable? {
    var variable = TemplateVariable(spelling, at: offset)
    variable.aliases = ["%" + name]
    switch name {
    case "ci":
      variable.take(.address)
      variable.shape = .address
      variable.hiding = .unlessAddress
    case "bi", "fi", "si": variable.shape = .address
    case "ST": variable.takeInteger(.status)
    case "B": variable.takeInteger(.bytesOut)
    case "U": variable.takeInteger(.bytesIn)
    case "Ta": variable.takeInteger(.latency, .milliseconds)
    case "Tt": variable.takeInteger(.latency, .milliseconds, rank: 1)
    case "Tr": variable.takeInteger(.upstreamLatency, .milliseconds)
    case "Tc", "Td", "Th", "Ti", "Tq", "TR", "Tu", "Tw", "ac", "bc", "fc", "sc", "rc", "sq", "bq",
      "cp", "bp", "fp", "sp", "lc", "rt", "pid":
      variable.shape = .integer
    case "tr", "t", "trg", "trl", "T", "Tl", "Ts", "ms": variable.takeStamp(named: name)
    case "r":
      variable.take(.request)
      variable.shape = .client
    case "HM", "HU", "HP", "HPO", "HQ", "HV":
      variable.shape = .clientWord
      variable.slot = part(name)
    case "ID":
      variable.take(.requestID)
      variable.shape = .clientWord
    case "b": variable.take(.route)
    case "CC", "CS":
      variable.shape = .client
      // Of the captures only those of headers are escaped.
      variable.isRaw = true
      variable.hiding = .always
    case "H", "f", "ft", "s", "sslc", "sslv", "ts", "tsc", "OG": break
    default: return nil
    }
    return variable
  }

  static let names = """
    B CC CS H HM HP HPO HQ HU HV ID OG ST T Ta Tc Td Th Ti Tl Tq TR Tr Ts Tt Tu Tw U ac b bc bi bp \
    bq ci cp f fc fi fp ft hr hrl hs hsl lc ms pid r rc rt s sc si sp sq sslc sslv t tr trg trl ts \
    tsc
    """.split(separator: " ").map(String.init)

  private static func part(_ name: String) -> FieldSlot {
    switch name {
    case "HM": .method
    case "HU": .target
    case "HQ": .query
    case "HV": .protocol
    default: .path
    }
  }

  /// A sample expression: `capture.req.hdr(0)`, `req.hdr(User-Agent),lower`.
  static func sample(
    _ expression: String, spelling: String, at offset: Int
  ) -> TemplateVariable {
    let fetch = expression.prefix { $0 != "," }
    let name = String(fetch.prefix { $0 != "(" })
    let argument = fetch.drop { $0 != "(" }.dropFirst().prefix { $0 != ")" }
    var variable = TemplateVariable(spelling, at: offset)
    variable.shape = .client
    switch name {
    case "req.hdr", "req.fhdr", "hdr", "req.hdr_ip", "req.hdr_last":
      variable = .requestHeader(String(argument), spelling: spelling, at: offset)
    case "res.hdr", "res.fhdr", "shdr":
      variable = .responseHeader(String(argument), spelling: spelling, at: offset)
    case "src", "fc_src":
      variable.take(.address, rank: 1)
      variable.shape = .address
      variable.hiding = .unlessAddress
    case "method", "capture.req.method": variable.takeWord(.method)
    case "pathq", "url", "capture.req.uri", "baseq": variable.takeWord(.target)
    case "path": variable.takeWord(.path)
    case "query": variable.takeWord(.query)
    case "capture.req.ver", "req.ver": variable.takeWord(.protocol)
    // Of any bytes: HAProxy compares a name with nothing before it logs it.
    case "ssl_fc_sni", "req.ssl_sni": variable.take(.host, rank: 3)
    case "status", "txn.status": variable.takeInteger(.status, rank: 1)
    case "unique-id", "uuid": variable.takeWord(.requestID, rank: 1)
    // Names of certificates and what a proxy before this one says of the client.
    case _ where name.hasSuffix("_dn") || name.hasPrefix("fc_pp_"): break
    case _ where name.hasPrefix("ssl_") || name.hasPrefix("fc_") || name.hasPrefix("bc_"):
      variable.shape = .trusted
    // A variable may hold whatever the configuration put there.
    default: variable.hiding = .always
    }
    variable.aliases = [expression]
    return variable
  }
}

extension TemplateVariable {
  fileprivate mutating func takeWord(_ slot: FieldSlot, rank: Int = 1) {
    take(slot, rank: rank)
    shape = .clientWord
  }

  /// The moment is that of the request; `%t`, `%T` and `%Ts` have that of the connection.
  fileprivate mutating func takeStamp(named name: String) {
    moment = .requestStart
    switch name {
    case "tr": takeTime(TimePattern(known: "%d/%b/%Y:%H:%M:%S.%3f"))
    case "t": takeTime(TimePattern(known: "%d/%b/%Y:%H:%M:%S.%3f"), rank: 1)
    case "trg", "trl": takeTime(.clf, rank: 2)
    case "Ts": takeTime(TimePattern(known: "%s"), rank: 3)
    case "ms": takeTime(TimePattern(known: "%f"))
    default: takeTime(.clf, rank: 4)
    }
  }
}
