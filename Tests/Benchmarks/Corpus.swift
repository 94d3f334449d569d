import TrafficSimulator

/// The log on which speed is measured: nginx lines of many keys over a week, in one `.gz`, from
/// a seed; and the registry that knows the keys.
///
/// The lines are `combined` with the request's length and time behind it, about 147 bytes each
/// and 24 when they are compressed, as those of real gateways are: a log that compresses better
/// would make every comparison with the time that unzipping takes a harder one, and no truer.
struct Corpus {
  private static let minutesPerDay = 1440
  private static let bufferBytes = 512 * 1024
  /// Share of a day's lines in each hour, in parts of 1000; the day has a night.
  private static let hourWeights = [
    12, 9, 8, 8, 10, 16, 28, 44, 58, 66, 68, 66, 62, 64, 66, 66, 62, 56, 50, 46, 44, 40, 30, 21,
  ]

  var seed: UInt64 = 1
  var lineCount = 2_000_000
  var keyCount = 5_000
  /// As nginx writes a JSON template; else text.
  var isJSON = false
  var dayCount = 7
  var level = 6
  /// 2026-03-02, a Monday.
  var firstDay = CivilTime(year: 2026, month: 3, dayOfMonth: 2).day

  /// Keys of low numbers are called far more often: the density falls with the root.
  private func key(_ chance: inout SplitMix64) -> Int {
    let unit = chance.unit()
    return Int(unit * unit * Double(keyCount))
  }

  func writeLog(to path: String) throws(SimulatorFault) {
    var gzip = try GzipWriter(creating: path, level: level)
    var chance = SplitMix64(seed: seed)
    var lines = LineBuffer()
    let weightPerDay = Self.hourWeights.reduce(0, +) * 60
    let weightTotal = weightPerDay * dayCount
    var weight = 0
    var written = 0
    for minute in 0..<(dayCount * Self.minutesPerDay) {
      weight += Self.hourWeights[minute / 60 % 24]
      let target = lineCount * weight / weightTotal
      let start = firstDay * CivilTime.secondsPerDay + minute * 60
      let count = target - written
      for index in 0..<count {
        append(second: start + index * 60 / count, &chance, to: &lines)
      }
      written = target
      guard lines.count > Self.bufferBytes else { continue }
      try gzip.write(lines.bytes)
      lines.removeAll()
    }
    try gzip.write(lines.bytes)
    try gzip.finish()
  }

  func writeRegistry(to path: String) throws(SimulatorFault) {
    var text = """
      tiers:
        bronze: {rate_per_second: 5, burst: 10, limiter: bucket}
        silver: {rate_per_second: 20, burst: 40, limiter: bucket}
        gold: {rate_per_second: 100, burst: 200, limiter: bucket}
      suppliers:

      """
    for supplier in 0..<supplierCount { text += "  supplier-\(supplier): {timezone: Etc/UTC}\n" }
    try TextFile.write(text, to: path)
  }

  /// Keys may be a million, for which YAML is no form.
  func writeKeys(to path: String) throws(SimulatorFault) {
    var text = "key,supplier,tier\n"
    for key in 0..<keyCount {
      let tier = ["gold", "silver", "bronze"][min(2, key * 10 / keyCount)]
      text += "\(name(key)),supplier-\(key % supplierCount),\(tier)\n"
    }
    try TextFile.write(text, to: path)
  }

  private var supplierCount: Int { max(1, keyCount / 20) }

  /// All of one length, so that no name is the beginning of another.
  private func name(_ key: Int) -> String {
    "key-" + String(repeating: "0", count: max(0, keyDigits - String(key).count)) + String(key)
  }

  private var keyDigits: Int { max(5, String(keyCount - 1).count) }

  // MARK: - one line

  private static let agents: [[UInt8]] = [
    "okhttp/4.12.0", "python-requests/2.32.3", "Java-http-client/21.0.2", "Go-http-client/2.0",
    "Apache-HttpClient/5.3 (Java/17.0.9)", "axios/1.7.2",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36",
  ].map { Array($0.utf8) }

  private func append(second: Int, _ chance: inout SplitMix64, to lines: inout LineBuffer) {
    let key = key(&chance)
    let bits = chance.next()
    lines.append(isJSON ? "{\"remote_addr\":\"10." : "10.")
    lines.append(decimal: key >> 8 & 255)
    lines.append(".")
    lines.append(decimal: key & 255)
    lines.append(".")
    lines.append(decimal: 1 + Int(bits & 3))
    lines.append(isJSON ? "\",\"remote_user\":\"key-" : " - key-")
    lines.append(decimal: key, digits: keyDigits)
    lines.append(isJSON ? "\",\"time_local\":\"" : " [")
    lines.append(timeLocal: second)
    lines.append(isJSON ? "\",\"request\":\"" : "] \"")
    appendRequest(bits >> 2, to: &lines)
    lines.append(isJSON ? "\",\"status\":" : "\" ")
    let status = bits >> 40 & 127
    lines.append(status == 0 ? "500" : status < 4 ? "404" : status < 6 ? "401" : "200")
    lines.append(isJSON ? ",\"body_bytes_sent\":" : " ")
    lines.append(decimal: 120 + Int(bits >> 48 & 8191))
    lines.append(isJSON ? ",\"http_referer\":\"" : " \"")
    lines.append(key % 5 == 0 ? "https://partner.example.org/app" : "-")
    lines.append(isJSON ? "\",\"http_user_agent\":\"" : "\" \"")
    lines.append(Self.agents[key % Self.agents.count])
    appendMeasures(chance.next(), to: &lines)
  }

  /// Length of the request in bytes, and its time in seconds: mostly some ten milliseconds.
  private func appendMeasures(_ bits: UInt64, to lines: inout LineBuffer) {
    let slow = bits & 7 == 0 ? Int(bits >> 3 & 511) : 4
    lines.append(isJSON ? "\",\"request_length\":" : "\" ")
    lines.append(decimal: 300 + Int(bits >> 16 & 511))
    lines.append(isJSON ? ",\"request_time\":0." : " 0.")
    lines.append(decimal: slow + Int(bits >> 32 & 63), digits: 3)
    lines.append(isJSON ? "}\n" : "\n")
  }

  private func appendRequest(_ bits: UInt64, to lines: inout LineBuffer) {
    let number = Int(bits >> 8 & 0xFF_FFFF)
    switch bits & 15 {
    case 0...4:
      lines.append("GET /v1/orders/")
      lines.append(decimal: number)
    case 5...7:
      lines.append("GET /v1/quotes?sku=")
      lines.append(decimal: number & 4095)
      lines.append("&quantity=")
      lines.append(decimal: 1 + number >> 16)
    case 8: lines.append("POST /v1/orders")
    case 9...11:
      lines.append("GET /v2/customers/")
      lines.append(decimal: number)
      lines.append("/addresses")
    case 12: lines.append("PUT /v1/stock")
    case 13: lines.append("GET /v1/health")
    default:
      lines.append("GET /v1/products?page=")
      lines.append(decimal: number & 63)
    }
    lines.append(" HTTP/1.1")
  }
}
