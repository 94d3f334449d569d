import Foundation
import Glibc

/// The service manager, as `sd_notify(3)` has it: datagrams to the socket that it names. Where
/// nobody listens, nothing happens.
struct ServiceManager {
  private let descriptor: Int32
  private var address = sockaddr_un()
  private var addressLength: socklen_t = 0
  /// How often it wants to hear of progress at least; nil where it does not.
  let watchdogMilliseconds: Int64?
  private var beatAt: Int64 = .min
  private var status = ""

  init(_ environment: [String: String] = ProcessInfo.processInfo.environment) {
    let path = environment["NOTIFY_SOCKET"] ?? ""
    watchdogMilliseconds = environment["WATCHDOG_USEC"].flatMap { Int64($0) }.map { $0 / 1000 }
    let name = Array(path.utf8)
    // A name that begins with @ is one of Linux's own, which begins with a zero.
    guard let first = name.first, first == UInt8(ascii: "/") || first == UInt8(ascii: "@"),
      name.count < MemoryLayout.size(ofValue: address.sun_path)
    else {
      descriptor = -1
      return
    }
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { bytes in
      bytes.copyBytes(from: name)
      if first == UInt8(ascii: "@") { bytes[0] = 0 }
    }
    let offset = MemoryLayout<sockaddr_un>.offset(of: \.sun_path) ?? 2
    addressLength = socklen_t(offset + name.count)
    descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
  }

  func ready() { send("READY=1") }

  func stopping() { send("STOPPING=1") }

  func reloading() {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    send("RELOADING=1\nMONOTONIC_USEC=\(time.tv_sec * 1_000_000 + time.tv_nsec / 1000)")
  }

  /// One line for `systemctl status`.
  mutating func tell(_ text: String) {
    guard text != status else { return }
    status = text
    send("STATUS=\(text)")
  }

  /// To be called where work went on, or there was none; never by a timer of its own.
  mutating func beat(at now: Int64) {
    guard let watchdogMilliseconds, now >= beatAt + watchdogMilliseconds / 4 else { return }
    beatAt = now
    send("WATCHDOG=1")
  }

  private func send(_ text: String) {
    guard descriptor >= 0 else { return }
    var address = address
    withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { socket in
        _ = sendto(
          descriptor, text, text.utf8.count, Int32(MSG_NOSIGNAL), socket, addressLength)
      }
    }
  }
}
