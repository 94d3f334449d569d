import Foundation

/// The command that drafts a registry which fits a run: of its logs, and with its secret, so that
/// the next run finds the fingerprints. It runs as it is printed.
struct DraftAdvice {
  private let options: ReplayOptions
  private let fingerprints: Fingerprints
  /// The secret that such a draft takes where none is named.
  private let usual: Fingerprints?

  init(_ options: ReplayOptions, _ configuredKey: String?, _ fingerprints: Fingerprints) {
    self.options = options
    self.fingerprints = fingerprints
    usual = Fingerprints.existing(told: configuredKey, database: nil)
  }

  /// The file that it writes: one that is not there yet, because a draft replaces none.
  var output: String {
    let names = ["registry.yaml"] + (2...Self.attemptCountMax).map { "registry-\($0).yaml" }
    return names.first { !FileManager.default.fileExists(atPath: $0) } ?? names[0]
  }

  private static let attemptCountMax = 99

  var command: String {
    let words = NextCommand(words: ["tollwatch", "registry", "draft"])
    let key = ["--fingerprint-key", keyPath].compactMap(\.self)
    let told = options.inputWords + (key.count == 2 ? key : []) + ["-o", output]
    guard !options.logs.isEmpty || options.config != nil else {
      return words.with(told) + " LOG…"
    }
    return words.with(told + (options.logs.isEmpty ? [] : ["--"] + options.logs))
  }

  private var keyPath: String? {
    if let told = options.fingerprintKey { return told }
    return usual?.identifier == fingerprints.identifier ? nil : fingerprints.path
  }
}

extension ReplayOptions {
  /// How the lines are read, as words of a command.
  var inputWords: [String] {
    [("--config", config), ("--format", format), ("--log-format", logFormat)]
      .flatMap { option, value in value.map { [option, $0] } ?? [] }
      + identity.flatMap { ["--identity", $0] }
  }
}
