import AccessLog
import RuleFiles

/// Which field names the caller, where nobody said.
extension SourceBuilder {
  /// Who calls, where nobody said which field tells: of the usual ones those that the format has,
  /// keys before users.
  static func usualIdentities(
    of description: FormatDescription, format name: String
  ) -> [IdentityField] {
    guard let format = RecordFormats.format(named: Presets.preset(named: name)?.formatName ?? name)
    else { return [] }
    let usual = [
      "$http_x_api_key", "$http_api_key", "$http_apikey", "$http_x_consumer_username",
      "$remote_user",
    ]
    return usual.map(IdentityField.init(withDefaultSecrecy:)).filter { field in
      var asked = description
      asked.identity = [field]
      return (try? format.reader(for: asked)) != nil
    }
  }

  /// What to ask for where no line names its caller: a field of the format that some of the first
  /// `lines` have, or what such a field is called in a format of its kind.
  func identityHint(
    of source: Configuration.Source, format name: String, lines: [UInt8]
  ) -> String? {
    var description = Presets.preset(named: name)?.description ?? source.description
    if let template = try? command.template(of: source.format) { description.template = template }
    if let template = source.description.template { description.template = template }
    let formatName = Presets.preset(named: name)?.formatName ?? name
    guard let format = RecordFormats.format(named: formatName) else { return nil }
    let asked = Set(description.identity + source.description.identity).map(\.field)
    let usual = Self.usualIdentities(of: description, format: name).map(\.field)
    let unknown = Self.unnamedFields(of: description, format)
    let found = IdentityColumn.best(
      of: (usual + unknown).filter { !asked.contains($0) }, in: lines, format, description)
    let isOpen = formatName == JSONLines.name || formatName == LogfmtLines.name
    return found ?? (isOpen ? "consumer.username" : nil)
  }

  /// Variables of a template of which nobody knows what they hold: it may be the caller.
  private static func unnamedFields(
    of description: FormatDescription, _ format: any RecordFormat.Type
  ) -> [String] {
    let known = ((try? format.unknownVariables(in: description)) ?? []).map(\.name)
    let drafted = (description.template ?? "").matches(of: /\$field_[0-9]+/).map { String($0.0) }
    return known + drafted
  }
}

/// What to do where no line names its caller.
enum IdentityAdvice {
  /// - Parameter goesOn: most lines have more behind the end of the format.
  static func words(hint: String?, goesOn: Bool = false) -> String {
    guard let hint else {
      return goesOn
        ? "no line names its caller, but the lines go on behind the format, where the caller may stand"
        : "no line names its caller, and the format has no field for one that is not empty: log "
          + "the header of the key as well; until then the client address stands in"
    }
    return "no line names its caller; where a field does, say which: --identity "
      + ShellText.word(hint)
  }
}
