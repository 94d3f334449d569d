import AccessLog
import RuleFiles

extension ReplayOptions {
  /// The text of `--log-format`; where it names a file, `/etc/nginx/nginx.conf` or
  /// `/etc/nginx/nginx.conf:main`, the statement that the file has.
  ///
  /// - Parameter formatName: of a format or preset, where the command line has none.
  func template(of formatName: String? = nil) throws(FormatFault) -> String? {
    guard let logFormat, let place = GatewayConfiguration.place(in: logFormat) else {
      return logFormat
    }
    let name = format ?? formatName ?? NginxLogFormat.name
    let known = Presets.preset(named: name)?.formatName ?? name
    let text: String
    do throws(Diagnostics) {
      text = try GatewayFile.text(path: place.path)
    } catch {
      throw FormatFault("\(place.path) cannot be read", suggestion: "the text of the format itself")
    }
    do throws(FormatFault) {
      return try GatewayConfiguration.logFormat(of: known, named: place.name, in: text)
    } catch {
      throw FormatFault("\(place.path): \(error.message)", suggestion: error.suggestion)
    }
  }
}
