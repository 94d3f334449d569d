import AccessLog
import RuleFiles

extension ReplayOptions {
  /// The text of `--log-format`; where it names a file, `/etc/nginx/nginx.conf` or
  /// `/etc/nginx/nginx.conf:main`, the statement that the file has.
  ///
  /// - Parameter formatName: of a format or preset, where the command line has none.
  func template(of formatName: String? = nil) throws(Stop) -> String? {
    guard let logFormat, let place = GatewayConfiguration.place(in: logFormat) else {
      return logFormat
    }
    let name = format ?? formatName ?? NginxLogFormat.name
    let known = Presets.preset(named: name)?.formatName ?? name
    let text: String
    do throws(Diagnostics) {
      text = try GatewayFile.text(path: place.path)
    } catch {
      throw Stop(
        ExitStatus.configuration,
        "--log-format: \(place.path) cannot be read; it names a file, or is the text of a format")
    }
    do throws(FormatFault) {
      return try GatewayConfiguration.logFormat(of: known, named: place.name, in: text)
    } catch {
      let suggestion = error.suggestion.map { "; try \($0)" } ?? ""
      throw Stop(
        ExitStatus.configuration, "--log-format: \(place.path): \(error.message)\(suggestion)")
    }
  }
}
