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

  /// Headers are secrets, but for those that say nothing of who calls.
  /// - Parameter name: in lower case.
  static func ofRequestHeader(_ name: String) -> Hiding {
    if ["x-forwarded-for", "x-real-ip", "x-envoy-external-address"].contains(name) {
      return .unlessAddress
    }
    return plainHeaders.contains(name) || name.hasPrefix("accept") ? .shown : .always
  }

  /// What the gateway answers may be shown, but for the few headers that hand out secrets.
  static func ofResponseHeader(_ name: String) -> Hiding {
    ["set-cookie", "authorization"].contains(name) ? .always : .shown
  }

  private static let plainHeaders: Set<String> = [
    "referer", "user-agent", "host", ":authority", ":method", ":path", ":scheme",
    "x-envoy-original-path", "x-request-id", "content-type", "content-length",
  ]
}
