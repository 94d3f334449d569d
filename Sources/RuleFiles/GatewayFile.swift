/// The file in which a gateway's own configuration stands.
package enum GatewayFile {
  /// Bytes of it that are read for its log format.
  package static let byteCountMax = 4 << 20

  package static func text(path: String) throws(Diagnostics) -> String {
    let file = try SourceFile(path: path, byteCountMax: byteCountMax)
    return String(decoding: file.bytes, as: UTF8.self)
  }
}
