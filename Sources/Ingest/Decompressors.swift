/// The formats that an input may be in, found by its first bytes.
package enum Decompressors {
  /// How many bytes at the start of an input are enough to know its format.
  package static let headBytesMax = 6

  /// In the order in which they are asked. `Plain` takes whatever is left and stays last.
  package static let all: [any (Decompressor & ~Copyable).Type] =
    [
      Gzip.self
    ] + withLibrary + [
      Plain.self
    ]

  /// Those that need a library which is not on every machine.
  #if ZSTD
    private static let withLibrary: [any (Decompressor & ~Copyable).Type] = [Zstd.self]
  #else
    private static let withLibrary: [any (Decompressor & ~Copyable).Type] = []
  #endif

  /// Formats that are known and not read, each with the command that makes plain text of it.
  private static let unsupported: [(magic: [UInt8], format: String, filter: String)] = [
    ([0x28, 0xb5, 0x2f, 0xfd], "zstd", "zstd -dc"),
    ([0x42, 0x5a, 0x68], "bzip2", "bzip2 -dc"),
    ([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], "xz", "xz -dc"),
    ([0x04, 0x22, 0x4d, 0x18], "lz4", "lz4 -dc"),
    ([0x1f, 0x9d], "compress (.Z)", "gzip -dc"),
    ([0x50, 0x4b, 0x03, 0x04], "zip", "unzip -p"),
  ]

  /// The format of an input that begins with `head`, of those that this build has.
  package static func type(
    for head: UnsafeRawBufferPointer, path: String,
    among types: [any (Decompressor & ~Copyable).Type] = all
  ) throws(IngestError) -> any (Decompressor & ~Copyable).Type {
    for type in types where type.name != Plain.name && type.recognizes(head) { return type }
    for entry in unsupported where head.starts(with: entry.magic) {
      throw IngestError(
        path: path, reason: .unsupported(format: entry.format, filter: entry.filter))
    }
    return Plain.self
  }

  static func make(
    _ type: any (Decompressor & ~Copyable).Type, gzipEngine: GzipEngine
  ) -> any Decompressor & ~Copyable {
    if type.name == Gzip.name { return Gzip(engine: gzipEngine) }
    return type.init()
  }
}
