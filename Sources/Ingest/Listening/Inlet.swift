internal import Glibc

/// A place where lines come in, opened.
public struct Inlet: Sendable {
  enum Kind: Sendable {
    /// Each message is a line.
    case datagrams
    /// Connections of which each brings messages.
    case connections
    /// Bytes that never end, or once.
    case bytes
  }

  let descriptor: Int32
  let kind: Kind
  let name: String

  /// A socket of the file system; one that a dead process left there is replaced. Who may send is
  /// for the folder to say.
  public static func unix(_ path: String, isStream: Bool) throws(IngestError) -> Inlet {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(path.utf8)
    guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
      throw IngestError(path: path, reason: .unreadable(errno: ENAMETOOLONG))
    }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
    var status = stat()
    if lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFSOCK { unlink(path) }
    let descriptor = try open(AF_UNIX, isStream, path)
    let isBound = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
      }
    }
    guard isBound, chmod(path, 0o666) == 0 else { throw fault(descriptor, path) }
    return try listening(descriptor, isStream, path)
  }

  /// A port of an address of this machine.
  public static func port(
    _ port: UInt16, of host: String, isStream: Bool
  ) throws(IngestError) -> Inlet {
    let name = "\(isStream ? "tcp" : "udp"):\(host):\(port)"
    var hints = addrinfo()
    hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE
    hints.ai_socktype = Int32(isStream ? SOCK_STREAM.rawValue : SOCK_DGRAM.rawValue)
    var found: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(host, String(port), &hints, &found) == 0, let info = found else {
      throw IngestError(path: name, reason: .unreadable(errno: EINVAL))
    }
    defer { freeaddrinfo(found) }
    let descriptor = try open(info.pointee.ai_family, isStream, name)
    var one: Int32 = 1
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout<Int32>.size))
    guard bind(descriptor, info.pointee.ai_addr, info.pointee.ai_addrlen) == 0 else {
      throw fault(descriptor, name)
    }
    return try listening(descriptor, isStream, name)
  }

  /// A pipe of the file system, made where it is missing. It never ends: writers come and go.
  public static func pipe(_ path: String) throws(IngestError) -> Inlet {
    if mkfifo(path, 0o622) != 0, errno != EEXIST { throw fault(-1, path) }
    // Open for writing as well, there is always a writer.
    let descriptor = Glibc.open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW)
    var status = stat()
    guard descriptor >= 0, fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFIFO
    else { throw fault(descriptor, path) }
    return Inlet(descriptor: descriptor, kind: .bytes, name: path)
  }

  public static func standardInput() -> Inlet {
    let flags = fcntl(STDIN_FILENO, F_GETFL)
    _ = fcntl(STDIN_FILENO, F_SETFL, flags | O_NONBLOCK)
    return Inlet(descriptor: STDIN_FILENO, kind: .bytes, name: "standard input")
  }

  private static func open(
    _ family: Int32, _ isStream: Bool, _ name: String
  ) throws(IngestError) -> Int32 {
    let type = isStream ? SOCK_STREAM.rawValue : SOCK_DGRAM.rawValue
    let flags = SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue
    let descriptor = socket(family, Int32(type | flags), 0)
    guard descriptor >= 0 else { throw fault(-1, name) }
    // A burst waits in the kernel while a batch is written.
    var bytes: Int32 = 4 << 20
    setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &bytes, socklen_t(MemoryLayout<Int32>.size))
    return descriptor
  }

  private static func listening(
    _ descriptor: Int32, _ isStream: Bool, _ name: String
  ) throws(IngestError) -> Inlet {
    guard !isStream || listen(descriptor, 16) == 0 else { throw fault(descriptor, name) }
    return Inlet(descriptor: descriptor, kind: isStream ? .connections : .datagrams, name: name)
  }

  private static func fault(_ descriptor: Int32, _ name: String) -> IngestError {
    let code = errno
    if descriptor >= 0 { close(descriptor) }
    return IngestError(path: name, reason: .unreadable(errno: code))
  }
}
