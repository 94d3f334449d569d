internal import Glibc

/// A new file, owned and written in large pieces; an existing one is replaced.
struct OutputFile: ~Copyable {
  let path: String
  private let number: Int32

  init(creating path: String) throws(SimulatorFault) {
    let number = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard number >= 0 else { throw .unwritable(path: path, errno: errno) }
    self.number = number
    self.path = path
  }

  deinit { close(number) }

  func write(_ bytes: UnsafeRawBufferPointer) throws(SimulatorFault) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let part = UnsafeRawBufferPointer(rebasing: rest)
      let count = Glibc.write(number, part.baseAddress, part.count)
      if count >= 0 {
        rest = rest.dropFirst(count)
      } else if errno != EINTR {
        throw .unwritable(path: path, errno: errno)
      }
    }
  }
}
