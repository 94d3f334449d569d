/// Whether the text of a variable, or of a key, may be shown.
enum Hiding: UInt8, Sendable {
  case shown, unlessAddress, always

  /// The place to hide, if `range` of `line` has one.
  func place(_ range: Range<Int>, of line: Span<UInt8>) -> HiddenPlace? {
    if range.isEmpty || range.count == 1 && line[range.lowerBound] == ASCII.dash { return nil }
    switch self {
    case .shown: return nil
    case .always: return HiddenPlace(range, .secret)
    case .unlessAddress:
      return AddressText.isList(line.extracting(range)) ? nil : HiddenPlace(range, .noAddress)
    }
  }
}

extension NginxVariables {
  /// Headers, cookies, parameters and claims are secrets, but for headers that say nothing of
  /// who calls.
  static func hiding(of name: String) -> Hiding {
    if meaning(of: name)?.slot == .address { return .unlessAddress }
    if name.hasPrefix("http_") {
      return plainHeaders.contains(name) || name.hasPrefix("http_accept") ? .shown : .always
    }
    if ["cookie_", "arg_", "jwt_", "upstream_cookie_"].contains(where: { name.hasPrefix($0) }) {
      return .always
    }
    for prefix in ["sent_http_", "upstream_http_"] where name.hasPrefix(prefix) {
      return ["set_cookie", "authorization"].contains(name.dropFirst(prefix.count))
        ? .always : .shown
    }
    return .shown
  }

  private static let plainHeaders: Set<String> = [
    "http_referer", "http_user_agent", "http_host", "http_x_request_id", "http_content_type",
  ]
}
