/// A format that needs no description, by name: what a well-known gateway writes when nobody
/// changed its configuration, or when it was given the setting that is shown with the preset.
public struct Preset: Sendable {
  public let name: String
  /// Who writes it, for people.
  public let summary: String
  /// The ``RecordFormat`` that reads it.
  public let formatName: String
  public let description: FormatDescription
  /// What to write into the gateway's configuration to get it; `nil` where it is the default.
  public let setting: String?
  /// The writer's own page about the format.
  public let documentation: String
  /// What to know before trusting it: traps, and what the writer leaves out.
  public let note: String?
  /// Lines of it, each with the record that it stands for.
  public let samples: [Sample]

  /// - Parameter sampleDay: near which the samples were written, where their stamps have no year.
  public init(
    name: String, summary: String, formatName: String, description: FormatDescription,
    setting: String? = nil, documentation: String, note: String? = nil,
    samples: [(line: String, expected: Sample.Expected)] = [], sampleDay: Int? = nil
  ) {
    self.name = name
    self.summary = summary
    self.formatName = formatName
    self.description = description
    self.setting = setting
    self.documentation = documentation
    self.note = note
    var described = description
    described.referenceDay = sampleDay
    self.samples = samples.map { Sample(described, $0.line, $0.expected) }
  }

  /// What a source with this preset reads; with `identity`, its fields take the place of the
  /// preset's own.
  public func description(identity: [IdentityField]?) -> FormatDescription {
    var description = description
    if let identity { description.identity = identity }
    return description
  }

  /// The preset's description with what a source says besides its name: identity and zone, and
  /// fields of its own, which take the place of the preset's.
  public func description(taking told: FormatDescription) -> FormatDescription {
    var description = description(identity: told.identity.isEmpty ? nil : told.identity)
    description.zone = told.zone
    description.referenceDay = told.referenceDay
    let fields = told.fields.map(\.field)
    description.fields.removeAll { fields.contains($0.field) }
    description.fields += told.fields
    return description
  }

  /// A reader; with `identity`, its fields take the place of the preset's own.
  ///
  /// - Parameter referenceDay: for writers that give no year.
  public func reader(
    identity: [IdentityField]? = nil, referenceDay: Int? = nil
  ) throws(FormatFault) -> any LineReader {
    guard let format = RecordFormats.format(named: formatName) else {
      throw FormatFault("there is no format '\(formatName)'")
    }
    var description = description(identity: identity)
    description.referenceDay = referenceDay ?? description.referenceDay
    return try format.reader(for: description)
  }
}
