/// Archives of several files, as APISIX makes them when it rotates its logs. They are known and not
/// read: whoever names one is told the pipe to use.
enum TarArchive {
  /// Where the first header has its mark, of POSIX and of GNU alike.
  private static let markOffset = 257
  private static let mark = Array("ustar".utf8)

  static func recognizes(_ bytes: [UInt8]) -> Bool {
    let end = markOffset + mark.count
    return bytes.count >= end && bytes[markOffset..<end].elementsEqual(mark) && bytes[0] != 0
  }

  /// The command that writes the contents of the archive's files one after the other.
  static func filter(of formatName: String) -> String {
    switch formatName {
    case "gzip": "tar -xzOf"
    case "zstd": "tar --zstd -xOf"
    default: "tar -xOf"
    }
  }

  /// The same where the name alone tells that there is an archive inside.
  static func filter(ofName name: String) -> String? {
    if name.hasSuffix(".tar.xz") || name.hasSuffix(".txz") { return "tar -xJOf" }
    return name.hasSuffix(".tar.bz2") || name.hasSuffix(".tbz2") ? "tar -xjOf" : nil
  }
}
