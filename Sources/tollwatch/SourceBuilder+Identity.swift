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

  /// What to ask for where no line names its caller: of the usual fields one that the format has,
  /// or what such a field is called in a format of its kind.
  func identityHint(of source: Configuration.Source, format name: String) -> String? {
    var description = Presets.preset(named: name)?.description ?? source.description
    if let template = try? command.template(of: source.format) { description.template = template }
    if let template = source.description.template { description.template = template }
    let asked = Set(description.identity + source.description.identity).map(\.field)
    let free = Self.usualIdentities(of: description, format: name).first {
      !asked.contains($0.field)
    }
    if let free { return free.field }
    let formatName = Presets.preset(named: name)?.formatName ?? name
    return formatName == JSONLines.name || formatName == LogfmtLines.name
      ? "consumer.username" : nil
  }
}

/// What to do where no line names its caller.
enum IdentityAdvice {
  static func words(hint: String?) -> String {
    guard let hint else {
      return "no line names its caller, and the format has no field for one: log the header of the "
        + "key as well; until then the client address stands in"
    }
    return "no line names its caller; where a field does, say which: --identity "
      + ShellText.word(hint)
  }
}
