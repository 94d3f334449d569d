/// What Apache's letters mean, and in which unit they are logged.
enum ApacheVariables {
  /// Stands for the query behind the path, which no argument of Apache's does.
  static let targetArgument = "path and query"

  static func variable(
    _ directive: PercentTemplate.Directive
  ) throws(FormatFault) -> TemplateVariable? {
    var variable = TemplateVariable(directive.spelling, at: directive.offset)
    let argument = directive.argument
    switch directive.letter {
    // `%{c}a` is what connected: a balancer, where the headers name who is behind it.
    case "a": variable.takeAddress(rank: argument == nil ? 0 : 6)
    case "h": variable.takeAddress(rank: 1)
    case "b", "B": variable.takeInteger(.bytesOut)
    case "O": variable.takeInteger(.bytesOut, rank: 1)
    case "I": variable.takeInteger(.bytesIn)
    case "D": variable.takeInteger(.latency, .microseconds)
    case "T": try variable.takeDuration(argument)
    // The final status, where that of the original request stands beside it.
    case "s": variable.takeInteger(.status, rank: directive.spelling.contains(">") ? 0 : 1)
    // Digits of a hexadecimal number are letters, too.
    case "P" where argument == "hextid": break
    case "p", "P", "k", "S", "^FB", "^FU": variable.shape = .integer
    case "t": try variable.takeStamp(argument)
    case "v": variable.takeHost(rank: 3)
    case "V": variable.takeHost(rank: 2)
    case "r", "m", "U", "q", "H": variable.takeRequest(directive)
    case "u":
      variable.shape = .client
      variable.aliases = ["remote_user", "$remote_user"]
    case "i", "o", "C", "^ti", "^to":
      guard let argument else { throw needsArgument(directive) }
      return named(directive, argument)
    case "e", "n", "x", "c":
      guard argument != nil else { throw needsArgument(directive) }
      if argument == "UNIQUE_ID" {
        variable.take(.requestID)
      } else if argument.map(trustedNames.contains) != true {
        variable.shape = .client
      }
      // What a module or the configuration put there may be a key.
      if directive.letter == "e" || directive.letter == "n" { variable.hiding = .always }
      if argument == "UNIQUE_ID" { variable.hiding = .shown }
    case "l": variable.take(.ident)
    // A file is named after the path, blanks and all.
    case "f": variable.shape = .client
    case "A", "L", "R", "X", "E": break
    default: return nil
    }
    return variable
  }

  /// Of mod_ssl and the server's own variables those that no client and no rule fills.
  private static let trustedNames: Set = [
    "HTTPS", "SSL_PROTOCOL", "SSL_CIPHER", "SSL_CIPHER_EXPORT", "SSL_CIPHER_USEKEYSIZE",
    "SSL_CIPHER_ALGKEYSIZE", "SSL_SESSION_ID", "SSL_SESSION_RESUMED", "SSL_SECURE_RENEG",
    "SSL_COMPRESS_METHOD", "SSL_CLIENT_VERIFY", "SSL_CLIENT_M_SERIAL", "SSL_CLIENT_M_VERSION",
    "SERVER_ADDR", "SERVER_PORT", "REMOTE_PORT",
  ]

  private static func named(
    _ directive: PercentTemplate.Directive, _ argument: String
  ) -> TemplateVariable {
    switch directive.letter {
    case "i":
      return .requestHeader(argument, spelling: directive.spelling, at: directive.offset)
    case "o", "^to":
      return .responseHeader(argument, spelling: directive.spelling, at: directive.offset)
    default:
      var variable = TemplateVariable(directive.spelling, at: directive.offset)
      variable.shape = .client
      variable.hiding = .always
      return variable
    }
  }

  private static func needsArgument(_ directive: PercentTemplate.Directive) -> FormatFault {
    FormatFault(
      "'\(directive.spelling)' does not say of which", at: directive.offset,
      suggestion: "%{name}\(directive.letter)")
  }
}

extension TemplateVariable {
  /// An address, or the name that a resolver found for it.
  fileprivate mutating func takeAddress(rank: Int) {
    take(.address, rank: rank)
    shape = .address
    hiding = .unlessAddress
  }

  fileprivate mutating func takeHost(rank: Int) {
    take(.host, rank: rank)
    shape = .address
  }

  mutating func takeRequest(_ directive: PercentTemplate.Directive) {
    shape = .clientWord
    switch directive.letter {
    case "r":
      take(.request)
      shape = .client
    case "m": take(.method)
    case "U":
      take(directive.argument == nil ? .path : .target)
      // The path is decoded, so that it may have blanks.
      shape = .client
    case "q": take(.query)
    default: take(.protocol)
    }
    if directive.argument == ApacheVariables.targetArgument { name = "%U%q" }
  }

  /// `%T`, `%{ms}T`, `%{us}T`, `%{s}T`; the finest is the best.
  mutating func takeDuration(_ argument: String?) throws(FormatFault) {
    switch argument {
    case nil, "s": takeInteger(.latency, .seconds, rank: 3)
    case "ms": takeInteger(.latency, .milliseconds, rank: 2)
    case "us": takeInteger(.latency, .microseconds, rank: 1)
    default:
      throw FormatFault(
        "'\(name)' has no such unit", at: offset, suggestion: "%{ms}T, %{us}T or %{s}T")
    }
  }

  /// `%t`, `%{sec}t`, `%{begin:%Y-%m-%d}t`, `%{end:msec}t`, `%{usec_frac}t`.
  mutating func takeStamp(_ argument: String?) throws(FormatFault) {
    var format = argument ?? "%d/%b/%Y:%H:%M:%S %z"
    moment = .requestStart
    if format.hasPrefix("begin:") { format.removeFirst(6) }
    if format.hasPrefix("end:") {
      format.removeFirst(4)
      moment = .requestEnd
    }
    // The finer one is the better of two; of an end and a beginning the beginning, because it
    // is what all other writers of this kind stamp.
    let rank = moment == .requestEnd ? 10 : 0
    switch format {
    case "": takeTime(.clf, rank: rank + 3)
    case "sec": takeTime(TimePattern(known: "%s"), rank: rank + 3)
    case "msec": takeTime(TimePattern([.init(.epochMilliseconds)]), rank: rank + 1)
    case "usec": takeTime(TimePattern([.init(.epochMicroseconds)]), rank: rank)
    case "msec_frac": takeTime(TimePattern(known: "%3f"), rank: rank)
    case "usec_frac": takeTime(TimePattern(known: "%6f"), rank: rank)
    default: takeTime(try TimePattern(format, at: offset), rank: rank + 2)
    }
  }
}
