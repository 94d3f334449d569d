import AccessLog

/// Lines of made-up traffic, and batches of them.
enum SampleLog {
  static let template =
    #"$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "#
    + #"$request_time "$http_user_agent" "$http_x_api_key" $request_id"#

  static func parser(identity: [String] = ["$http_x_api_key", "$remote_user"]) throws -> BlockParser
  {
    let fields = identity.map { IdentityField(field: $0, isSecret: $0 != "$remote_user") }
    let description = FormatDescription(template: template, identity: fields)
    return BlockParser(
      readers: [try NginxLogFormat.reader(for: description)],
      identityKinds: description.identityKinds, columns: .all)
  }

  /// One request; `key` is a secret and `user` a name, `-` for neither.
  static func line(
    second: Int, address: String = "192.0.2.7", user: String = "-", key: String = "-",
    request: String = "GET /v1/orders/1042 HTTP/1.1", status: Int = 200, id: String = "-"
  ) -> String {
    func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
    let day = 1 + second / 86_400
    let time = "\(two(second / 3600 % 24)):\(two(second / 60 % 60)):\(two(second % 60))"
    return #"\#(address) - \#(user) [\#(two(day))/Mar/2026:\#(time) +0000] "\#(request)" "#
      + #"\#(status) 512 0.012 "curl/8.1 (x)" "\#(key)" \#(id)"#
  }

  static func batch(_ lines: [String]) throws -> RecordBatch {
    var batch = RecordBatch(hash: hash)
    try parser().parse(Array((lines.joined(separator: "\n") + "\n").utf8), into: &batch)
    return batch
  }

  static let hash = SipHash(key0: 1, key1: 2)

  /// Not how it is done, but it tells secrets apart and looks the same.
  static func fingerprint(_ secret: [UInt8]) -> String {
    let digits = String(hash.hash(secret.span), radix: 16)
    return "key:" + String(repeating: "0", count: 16 - digits.count) + digits
  }
}
