import ArgumentParser
import ShippedRules
import Terminal
import TrafficSimulator

/// Writes traffic in which it is known what should be found.
struct SimulateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate",
    abstract: "Writes a gateway's logs from a seed, with incidents planted and labelled.",
    discussion: """
      The folder receives a packed log for each day, a registry, rules, a configuration that \
      names them, and labels.json, which says what was planted: a demo, and a drill for your \
      own rules.

        tollwatch simulate --seed 7 --days 15 --out drill
        tollwatch replay --config drill/tollwatch.yaml
      """)

  @Option(help: "The same seed gives the same traffic.")
  var seed: UInt64

  @Option(help: "How many days; incidents need some to be learnt before them.")
  var days = 15

  @Option(help: "The folder to write to, new or empty.")
  var out: String

  @Option(help: "How many API keys call.")
  var keys = 60

  @Option(help: "Requests on a working day.")
  var linesADay = 100_000

  @Option(help: "The first day; a Saturday if left out.", transform: date)
  var start = CivilTime(year: 2026, month: 3, dayOfMonth: 7)

  @Option(
    help: "A kind of incident to plant (spike, drop, tier, precursor); may be repeated.",
    transform: kind)
  var plant: [Incident.Kind] = []

  @Flag(help: "Plant no weak incidents.")
  var strongOnly = false

  @Flag(help: "Write nginx's combined format, with the key's name as the user.")
  var combined = false

  @Sendable private static func date(_ text: String) throws -> CivilTime {
    guard let date = CivilTime(text: text) else {
      throw ValidationError("'\(text)' is no date; write 2026-03-07.")
    }
    return date
  }

  @Sendable private static func kind(_ text: String) throws -> Incident.Kind {
    guard let kind = Incident.Kind(rawValue: text) else {
      let known = Incident.Kind.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("'\(text)' is no kind of incident; there are: \(known).")
    }
    return kind
  }

  func validate() throws {
    guard (1...3660).contains(days) else { throw ValidationError("--days takes 1 to 3660.") }
    guard (1...100_000).contains(keys) else {
      throw ValidationError("--keys takes 1 to 100000.")
    }
    guard (1...1_000_000_000).contains(linesADay) else {
      throw ValidationError("--lines-a-day takes 1 to 1000000000.")
    }
  }

  func run() throws {
    do throws(SimulatorFault) {
      try OutputFolder.prepare(out)
      var simulation = Simulation(
        Simulation.Options(
          seed: seed, dayCount: days, keyCount: keys, requestsPerDay: linesADay, firstDay: start,
          isCombined: combined, planted: plant.isEmpty ? Incident.Kind.allCases : plant,
          plantsOnlyStrong: strongOnly))
      try TextFile.write(Self.rules, to: out + "/rules.yaml")
      try simulation.write(toFolder: out)
      StandardError.writeLine(
        Self.told(simulation.incidents, out) + "next:\n"
          + "  tollwatch replay --config \(ShellText.word(out + "/tollwatch.yaml"))")
    } catch {
      StandardError.writeLine(error.description)
      if case .notEmpty = error { throw ExitStatus.usage }
      OutputFolder.clear(out)
      throw ExitStatus.failed
    }
  }

  private static func told(_ incidents: [Incident], _ out: String) -> String {
    let planted = incidents.filter { $0.strength != .holiday }
    let holidayCount = incidents.count - planted.count
    let holiday =
      holidayCount > 0
      ? " and a bank holiday of \(Quantity.count(holidayCount, "supplier"))" : ""
    let early = planted.count { !$0.isFindable }
    let note =
      early == 0
      ? ""
      : "\(early) of them come too early for a rule to know what is usual; of 30 days none does\n"
    return "\(Quantity.count(planted.count, "incident")) planted\(holiday), see "
      + "\(out)/labels.json\n\(note)"
  }

  /// The shipped rules as one file, to be changed at will.
  private static var rules: String {
    let bodies = ShippedRules.all.map { file in
      String(decoding: file.bytes, as: UTF8.self).split(
        separator: "\n", omittingEmptySubsequences: false
      )
      .drop { !$0.hasPrefix("rules:") }.dropFirst().joined(separator: "\n")
    }
    return "rules:\n" + bodies.joined()
  }
}
