import ArgumentParser

/// What commands that read logs have in common: which logs, and how their lines are read.
struct InputOptions: ParsableArguments {
  @Option(help: "The configuration file.")
  var config: String?

  @Option(
    help: "A format or preset: nginx, combined, json, …; fitted to the first lines if left out.")
  var format: String?

  @Option(
    help: "The text of the gateway's log_format, or its file: /etc/nginx/nginx.conf:main.")
  var logFormat: String?

  @Option(help: "A field that names the caller ($http_x_api_key); may be repeated, in order.")
  var identity: [String] = []

  @Option(help: "The file with the secret that fingerprints are made with.")
  var fingerprintKey: String?

  /// A run over `logs`, with nothing but these settings.
  func replayOptions(logs: [String]) -> ReplayOptions {
    ReplayOptions(
      config: config, format: format, logFormat: logFormat, identity: identity, logs: logs,
      fingerprintKey: fingerprintKey)
  }
}
