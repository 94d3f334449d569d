import ArgumentParser

/// What the process says by its exit status, after `sysexits.h` where that has a word for it.
enum ExitStatus {
  /// A test of a rule failed.
  static let testsFailed = ExitCode(1)
  /// A rule of another tool could not be said here.
  static let notAllTaken = ExitCode(1)
  /// An alert at or above `--fail-on` was found.
  static let alertsFound = ExitCode(3)
  /// Wrong usage.
  static let usage = ExitCode(64)
  /// A log that was named is not there or may not be read.
  static let noInput = ExitCode(66)
  /// The database cannot be written, or reading failed.
  static let failed = ExitCode(74)
  /// Configuration, rules, registry or format are wrong.
  static let configuration = ExitCode(78)
  /// Stopped by Ctrl-C.
  static let interrupted = ExitCode(130)

  /// For the manual page, ascending.
  static let meanings: [(code: Int32, meaning: String)] = [
    (0, "All went well."),
    (testsFailed.rawValue, "A test of a rule failed, or a rule of another tool was not taken."),
    (alertsFound.rawValue, "An alert at or above --fail-on was found."),
    (usage.rawValue, "Wrong usage."),
    (noInput.rawValue, "A log that was named is not there or may not be read."),
    (failed.rawValue, "A file or the database cannot be written, or reading failed."),
    (configuration.rawValue, "Configuration, rules, registry or format are wrong."),
    (interrupted.rawValue, "Stopped by Ctrl-C; what was read until then was judged."),
  ]
}

/// A reason to stop with a status, and the words for it.
struct Stop: Error {
  var status: ExitCode
  var message: String

  init(_ status: ExitCode, _ message: String) {
    self.status = status
    self.message = message
  }
}
