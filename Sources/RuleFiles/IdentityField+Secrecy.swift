public import AccessLog

extension IdentityField {
  /// The field as a name or a secret, where the source does not say which.
  ///
  /// Users and consumers are names. Headers, cookies, query parameters and claims are secrets,
  /// and so is all else: showing a key by mistake is worse than hiding a name by mistake.
  public init(withDefaultSecrecy field: String) {
    self.init(field: field, isSecret: !Self.isName(field.lowercased()))
  }

  private static let secretPrefixes = ["http_", "sent_http_", "cookie_", "arg_", "jwt_"]
  private static let secretWords = [
    "key", "token", "secret", "header", "cookie", "claim", "query", "auth", "jwt", "pass",
    "session", "credential", "signature", "sid",
  ]
  private static let nameWords = ["user", "consumer", "principal", "caller", "subject", "name"]

  private static func isName(_ field: String) -> Bool {
    if field == "$remote_user" || field == "remote_user" { return true }
    let bare = field.hasPrefix("$") ? String(field.dropFirst()) : field
    if secretPrefixes.contains(where: bare.hasPrefix) { return false }
    if secretWords.contains(where: bare.contains) { return false }
    return nameWords.contains(where: bare.contains)
  }
}
