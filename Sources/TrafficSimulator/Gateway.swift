/// The gateway that the requests pass: it enforces the tiers and writes the log.
struct Gateway: Sendable {
  /// What a line looks like.
  enum LogFormat: Sendable {
    /// With request time and key; the text is in ``template``.
    case gateway
    /// nginx's `combined`, with the key's name as the user.
    case combined
  }

  static let template =
    "$remote_addr - $remote_user [$time_local] \"$request\" $status $body_bytes_sent "
    + "$request_time \"$http_user_agent\" \"$http_x_api_key\""

  private let fleet: Fleet
  private let format: LogFormat
  private var buckets: [TokenBucket]
  private var chance: SplitMix64
  private let names: [[UInt8]]
  private let secrets: [[UInt8]]

  init(fleet: Fleet, format: LogFormat, seed: SplitMix64) {
    self.fleet = fleet
    self.format = format
    buckets = fleet.keys.map { TokenBucket($0.tier) }
    chance = seed.branch(4)
    names = fleet.keys.map { Array($0.name.utf8) }
    secrets = fleet.keys.map { Array($0.secret.utf8) }
  }

  /// Answers a request and writes its line; requests come in the order of their time.
  mutating func serve(_ request: Request, into lines: inout LineBuffer) {
    let isAdmitted = buckets[request.key].admits(atMilliseconds: request.milliseconds)
    let bits = chance.next()
    lines.append(fleet.keys[request.key].address)
    lines.append(" - ")
    lines.append(format == .combined ? names[request.key] : Self.none)
    lines.append(" [")
    lines.append(timeLocal: request.milliseconds / 1000)
    lines.append("] \"")
    appendTarget(request, to: &lines)
    lines.append(" HTTP/1.1\" ")
    lines.append(decimal: isAdmitted ? status(request, bits) : 429)
    lines.append(" ")
    lines.append(decimal: isAdmitted ? 140 + Int(bits >> 20 & 4095) : 52)
    appendEnd(request, isAdmitted: isAdmitted, bits, to: &lines)
  }

  private static let none = Array("-".utf8)

  private func appendTarget(_ request: Request, to lines: inout LineBuffer) {
    switch request.action {
    case .quote: lines.append("GET /v1/quotes?sku=")
    case .order: lines.append("POST /v1/orders")
    case .readOrder: lines.append("GET /v1/orders/")
    case .listProducts: lines.append("GET /v1/products?page=")
    case .readStock: lines.append("GET /v2/stock/")
    case .writeStock: lines.append("PUT /v2/stock/")
    }
    if request.action != .order { lines.append(decimal: request.number) }
  }

  /// One in 128 asks for what is not there, one in 1024 meets an error.
  private func status(_ request: Request, _ bits: UInt64) -> Int {
    if bits & 1023 == 0 { return 500 }
    if request.action == .readOrder, bits >> 10 & 127 == 0 { return 404 }
    return request.action == .order ? 201 : 200
  }

  private func appendEnd(
    _ request: Request, isAdmitted: Bool, _ bits: UInt64, to lines: inout LineBuffer
  ) {
    switch format {
    case .combined: lines.append(" \"-\" \"")
    case .gateway:
      let milliseconds = isAdmitted ? 4 + Int(bits >> 32 & 63) + Int(bits >> 38 & 31) : 0
      lines.append(" 0.")
      lines.append(decimal: milliseconds, digits: 3)
      lines.append(" \"")
    }
    lines.append(fleet.keys[request.key].agent)
    if format == .gateway {
      lines.append("\" \"")
      lines.append(secrets[request.key])
    }
    lines.append("\"\n")
  }
}
