import AccessLog
import AlertStore
import ArgumentParser
import Sinks

/// A database to look at, and the span of time that is of interest.
struct DatabaseOptions: ParsableArguments {
  @Option(help: "The SQLite database that a replay wrote; it is only read.")
  var db: String

  @Option(
    parsing: .unconditional,
    help: "From this time on: 2026-11-21T09:00:00Z, a date, or -24h before the database's end.",
    transform: TimeArgument.parse)
  var from: TimeArgument?

  @Option(
    parsing: .unconditional, help: "Before this time, written alike.",
    transform: TimeArgument.parse)
  var to: TimeArgument?

  func open() throws(Stop) -> AlertReader {
    do throws(StoreFault) {
      return try AlertReader.open(path: db)
    } catch { throw Stop(error) }
  }

  /// The two times as instants, of which the second must be the later.
  func span(in reader: AlertReader) throws -> (from: EventTime?, to: EventTime?) {
    let end = try reader.latestTime()
    let (from, to) = (from?.resolved(end: end), to?.resolved(end: end))
    if let from, let to, to <= from { throw Stop(ExitStatus.usage, "--to must be after --from.") }
    return (from, to)
  }
}

extension Stop {
  /// What keeps a database from being read.
  init(_ fault: StoreFault) {
    let isMissing = [.missing, .notAFile].contains(fault.reason)
    self.init(isMissing ? ExitStatus.noInput : ExitStatus.failed, fault.description)
  }

  init(_ fault: SinkFault) { self.init(ExitStatus.failed, fault.description) }

  /// Runs a command; whatever stops it is said on standard error and by the exit status.
  static func catching(_ body: () throws -> Void) throws {
    do {
      try body()
    } catch let stop as Stop {
      StandardError.writeLine(stop.message)
      throw stop.status
    } catch let fault as StoreFault {
      try catching { throw Stop(fault) }
    } catch SinkFault.closed {
      // Whoever reads has enough, as `head` has.
    } catch let fault as SinkFault {
      try catching { throw Stop(fault) }
    }
  }
}
