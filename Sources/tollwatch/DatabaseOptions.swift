import AccessLog
import AlertStore
import ArgumentParser
import Sinks

/// The span of time that is of interest.
struct SpanOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: "From this time on: 2026-11-21T09:00:00Z, a date, or -24h before the database's end.",
    transform: TimeArgument.parse)
  var from: TimeArgument?

  @Option(
    parsing: .unconditional, help: "Before this time, written alike.",
    transform: TimeArgument.parse)
  var to: TimeArgument?

  var isWhole: Bool { from == nil && to == nil }

  /// Whether it needs to know where the database ends.
  var countsBack: Bool {
    [from, to].contains { if case .beforeEnd = $0 { true } else { false } }
  }

  /// The two times as instants, of which the second must be the later, where the end is `end`.
  func resolved(
    end: @autoclosure () throws -> EventTime?
  ) throws -> (from: EventTime?, to: EventTime?) {
    let end = countsBack ? try end() : nil
    let (from, to) = (from?.resolved(end: end), to?.resolved(end: end))
    if let from, let to, to <= from { throw Stop(ExitStatus.usage, "--to must be after --from.") }
    return (from, to)
  }
}

/// A database to look at, and the span of time that is of interest.
struct DatabaseOptions: ParsableArguments {
  @Option(help: "The SQLite database that a replay wrote; it is only read.")
  var db: String

  @OptionGroup var span: SpanOptions

  func open() throws(Stop) -> AlertReader {
    do throws(StoreFault) {
      return try AlertReader.open(path: db)
    } catch { throw Stop(error) }
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
    do { try body() } catch { try end(error) }
  }

  /// Runs one that waits.
  static func catchingAsync(_ body: () async throws -> Void) async throws {
    do { try await body() } catch { try end(error) }
  }

  private static func end(_ error: any Error) throws {
    switch error {
    case let stop as Stop:
      StandardError.writeLine(stop.message)
      throw stop.status
    case let fault as StoreFault: try end(Stop(fault))
    // Whoever reads has enough, as `head` has.
    case SinkFault.closed: break
    case let fault as SinkFault: try end(Stop(fault))
    default: throw error
    }
  }
}
