/// Formats that need no description, by name: what well-known gateways write when nobody
/// changed their configuration.
public struct Preset: Sendable {
  public let name: String
  /// The ``RecordFormat`` that reads it.
  public let formatName: String
  public let description: FormatDescription

  /// A reader; with `identity`, its fields take the place of the preset's own.
  public func reader(
    identity: [IdentityField]? = nil
  ) throws(FormatFault) -> any LineReader {
    guard let format = RecordFormats.format(named: formatName) else {
      throw FormatFault("there is no format '\(formatName)'")
    }
    var description = description
    if let identity { description.identity = identity }
    return try format.reader(for: description)
  }
}

public enum Presets {
  /// Where two fit equally well, the first is meant.
  public static let all: [Preset] = [
    nginx("combined", NginxLogFormat.combined),
    nginx("main", NginxLogFormat.combined + #" "$http_x_forwarded_for""#),
    nginx(
      "common",
      #"$remote_addr $remote_ident $remote_user [$time_local] "$request" $status $body_bytes_sent"#
    ),
  ]

  public static func preset(named name: String) -> Preset? { all.first { $0.name == name } }

  private static func nginx(_ name: String, _ template: String) -> Preset {
    Preset(
      name: name, formatName: NginxLogFormat.name,
      description: FormatDescription(
        template: template, identity: [IdentityField(field: "$remote_user", isSecret: false)]))
  }
}
