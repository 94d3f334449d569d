import AccessLog
import Detection
import RuleFiles

/// The log line of one of a test's requests, as nginx would have written it.
///
/// Only the time differs among the requests of a series, so that everything else is put
/// together once.
struct TestLogLine {
  static let template =
    #"$msec "$remote_user" "$request" $status $remote_addr "$http_user_agent" "#
    + "$request_time $body_bytes_sent $request_length"
  static let address = "192.0.2.1"

  private let rest: [UInt8]

  init(
    key: String, method: String, target: String, status: Int,
    details: RuleTest.Details = RuleTest.Details()
  ) {
    var rest = Array(#" ""#.utf8)
    Self.append(key, to: &rest)
    rest += Array(#"" ""#.utf8)
    Self.append("\(method) \(target)", to: &rest)
    let address = details.clientIP ?? Self.address
    rest += Array(" HTTP/1.1\" \(status) \(address) \"".utf8)
    Self.append(details.userAgent ?? "-", to: &rest)
    let latency = details.latencyMilliseconds.map(Self.seconds) ?? "-"
    let sizes = [details.bytesOut, details.bytesIn].map { $0.map(String.init) ?? "-" }
    rest += Array("\" \(latency) \(sizes.joined(separator: " "))\n".utf8)
    self.rest = rest
  }

  /// `1.250`, as nginx writes 1,250 ms.
  private static func seconds(_ milliseconds: Int) -> String {
    "\(milliseconds / 1000).\(String(1000 + milliseconds % 1000).dropFirst())"
  }

  /// Appends the line of a request at `milliseconds` since the epoch.
  func append(at milliseconds: Int64, to block: inout [UInt8]) {
    let seconds = milliseconds.floorDivided(by: 1000)
    let fraction = String(1000 + milliseconds - seconds * 1000)
    block.append(contentsOf: "\(seconds).".utf8)
    block.append(contentsOf: fraction.utf8.dropFirst())
    block.append(contentsOf: rest)
  }

  /// As nginx escapes by default: quotes, backslashes, control characters and beyond ASCII.
  private static func append(_ text: String, to line: inout [UInt8]) {
    for byte in text.utf8 {
      guard byte < 0x20 || byte > 0x7e || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
      else {
        line.append(byte)
        continue
      }
      let digits = String(UInt16(byte) + 0x100, radix: 16, uppercase: true)
      line += Array("\\x\(digits.dropFirst())".utf8)
    }
  }
}
