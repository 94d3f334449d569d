/// All presets. To add one, write it with a sample into the file of its family here, or a new
/// file with a line in ``Presets/all``; its samples are tested with no further work, and the page
/// of formats is made from it.
public enum Presets {
  /// Where two fit equally well, the first is meant.
  public static let all: [Preset] =
    nginx + kongText + apisixText + text
    + caddy + traefikJSON + kong + envoyJSON + apisix + tyk + wso2 + azure + awsJSON + google
    + gravitee + apigee + fastly + haproxyJSON + varnishJSON

  public static func preset(named name: String) -> Preset? { all.first { $0.name == name } }

  /// The preset of that name, or a fault that names the nearest one.
  public static func required(_ name: String) throws(FormatFault) -> Preset {
    if let preset = preset(named: name) { return preset }
    let names = all.map(\.name) + RecordFormats.all.map { $0.name }
    throw FormatFault(
      "there is no format or preset '\(name)'", suggestion: Spelling.nearest(name, among: names))
  }

  // MARK: - Building

  /// A preset of the format `json`.
  ///
  /// - Parameters:
  ///   - identity: paths of names, in their order.
  ///   - secret: the path of a key, behind the names.
  ///   - absent: texts that stand for nothing.
  static func json(
    _ name: String, _ summary: String, _ fields: [FieldMapping], identity: [String] = [],
    secret: String? = nil, moment: StampMoment, absent: [String] = ["-"],
    escapesBytes: Bool = false, setting: String? = nil,
    documentation: String, note: String? = nil,
    samples: [(line: String, expected: Sample.Expected)]
  ) -> Preset {
    let names = identity.map { IdentityField(field: $0, isSecret: false) }
    let secrets = [secret].compactMap { $0 }.map { IdentityField(field: $0, isSecret: true) }
    return Preset(
      name: name, summary: summary, formatName: JSONLines.name,
      description: FormatDescription(
        fields: fields, identity: names + secrets, moment: moment, absentTexts: absent,
        escapesBytes: escapesBytes),
      setting: setting, documentation: documentation, note: note, samples: samples)
  }

  /// A preset of the format `nginx`, which names the caller by `$remote_user`.
  static func nginx(
    _ name: String, _ summary: String, _ template: String, documentation: String,
    note: String? = nil
  ) -> Preset {
    Preset(
      name: name, summary: summary, formatName: NginxLogFormat.name,
      description: FormatDescription(
        template: template, identity: [IdentityField(field: "$remote_user", isSecret: false)]),
      setting: textSetting(name), documentation: documentation, note: note,
      samples: textSamples(name))
  }

  static func map(
    _ field: String, _ paths: String..., unit: String? = nil, values: [String] = []
  ) -> FieldMapping {
    FieldMapping(field: field, paths: paths, unit: unit, values: values)
  }

  /// Milliseconds since the epoch.
  static func time(_ milliseconds: Int64) -> EventTime { EventTime(milliseconds: milliseconds) }
}
