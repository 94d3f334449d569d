import Testing

@testable import TrafficSimulator

@Suite struct SimulationTests {
  private static let options = Simulation.Options(
    seed: 3, dayCount: 15, keyCount: 60, requestsPerDay: 100_000)
  private static let simulation = Simulation(options)

  @Test func `every incident finds its place, and begins when what is usual can be known`() {
    let incidents = Self.simulation.incidents.filter { $0.strength != .holiday }
    #expect(incidents.count == 12)
    let start = Self.options.firstDay.day * CivilTime.secondsPerDay
    for incident in incidents {
      #expect(incident.start >= start + 8 * CivilTime.secondsPerDay)
      #expect(incident.end <= start + 15 * CivilTime.secondsPerDay)
      #expect(incident.start < incident.end)
    }
  }

  @Test(arguments: 1...20)
  func `incidents of one supplier are a day apart`(seed: Int) {
    var options = Self.options
    options.seed = UInt64(seed)
    let incidents = Simulation(options).incidents.filter { $0.strength != .holiday }
    for (index, incident) in incidents.enumerated() {
      for other in incidents[(index + 1)...] where other.supplier == incident.supplier {
        #expect(other.start - incident.end > CivilTime.secondsPerDay)
      }
    }
  }

  /// The digest was taken when the simulator was written: drills that people keep by their seed
  /// must not change from release to release, nor from machine to machine.
  @Test func `a seed means the same lines for ever`() throws {
    var simulation = Simulation(
      Simulation.Options(seed: 42, dayCount: 2, keyCount: 7, requestsPerDay: 4000))
    var digest: UInt64 = 14_695_981_039_346_656_037
    var lineCount = 0
    while try simulation.writeDay({ bytes in
      for byte in bytes {
        digest = (digest ^ UInt64(byte)) &* 1_099_511_628_211
        if byte == UInt8(ascii: "\n") { lineCount += 1 }
      }
    }) {}
    #expect(digest == 520_052_268_300_995_313)
    #expect(lineCount == 3289)
  }

  @Test func `two seeds mean two worlds`() throws {
    #expect(try text(seed: 1) != text(seed: 2))
    #expect(try text(seed: 1) == text(seed: 1))
  }

  @Test func `lines are in the order of time and hold the key`() throws {
    let lines = try text(seed: 5).split(separator: "\n")
    let secrets = Set(Simulation(Self.small(seed: 5)).fleet.keys.map(\.secret))
    var latest = ""
    for line in lines {
      let time = String(try #require(line.split(separator: " ").dropFirst(3).first))
      #expect(time >= latest)
      latest = time
      let secret = line.split(separator: "\"", omittingEmptySubsequences: false).dropLast().last
      #expect(secrets.contains(String(secret ?? "")))
    }
  }

  @Test func `a spike multiplies the requests of its keys`() throws {
    try check(.spike, .strong) { inside, usual in #expect((4.0...6).contains(inside / usual)) }
    try check(.spike, .weak) { inside, usual in #expect((2.3...3.8).contains(inside / usual)) }
  }

  @Test func `a drop leaves what its factor says`() throws {
    try check(.drop, .strong) { inside, usual in #expect(inside <= usual * 0.01) }
    try check(.drop, .weak) { inside, usual in #expect((0.1...0.4).contains(inside / usual)) }
  }

  @Test(arguments: [(Incident.Strength.strong, 0.98...1.0), (.weak, 0.35...0.65)])
  func `quotes go missing`(strength: Incident.Strength, shares: ClosedRange<Double>) throws {
    let incident = try #require(
      Self.simulation.incidents.first { $0.kind == .precursor && $0.strength == strength })
    var quoted: Set<Int> = []
    var orders = 0
    var missing = 0
    for request in requests(Self.simulation, from: incident.start - 600, to: incident.end + 600)
    where incident.keys.contains(request.key) {
      if request.action == .quote { quoted.insert(request.number) }
      // An order belongs to the incident by its first quote, up to four minutes before it.
      let second = request.milliseconds / 1000
      if request.action == .order, second > incident.start + 240, second < incident.end {
        orders += 1
        if !quoted.contains(request.number) { missing += 1 }
      }
    }
    #expect(orders > 30)
    #expect(shares.contains(Double(missing) / Double(orders)))
  }

  @Test(arguments: [(Incident.Strength.strong, 20.0), (.weak, 3)])
  func `a flood comes at so many times the limit, and the gateway denies the rest`(
    strength: Incident.Strength, factor: Double
  ) throws {
    let incident = try #require(
      Self.simulation.incidents.first { $0.kind == .tier && $0.strength == strength })
    let fleet = Self.simulation.fleet
    var gateway = Gateway(fleet: fleet, format: .gateway, seed: SplitMix64(seed: 1))
    var lines = LineBuffer()
    var count = 0
    for request in requests(Self.simulation, from: incident.start, to: incident.end)
    where incident.keys.contains(request.key) {
      gateway.serve(request, into: &lines)
      count += 1
    }
    let seconds = Double(incident.end - incident.start)
    let limit = Double(fleet.keys[incident.keys.lowerBound].tier.ratePerSecond) * seconds
    let denied = String(decoding: lines.bytes, as: UTF8.self).split(separator: "\n")
      .count { $0.contains("\" 429 ") }
    #expect(abs(Double(count) / limit - factor) < factor * 0.1)
    #expect(abs(Double(count - denied) - limit) < limit * 0.05 + 20)
  }

  @Test func `labels say what comes too early, and about whom else an alert may be`() {
    #expect(Self.simulation.incidents.allSatisfy { $0.isFindable || $0.kind == .drop })
    let month = Simulation(Simulation.Options(seed: 1, dayCount: 30))
    #expect(month.incidents.allSatisfy { $0.isFindable || $0.strength == .holiday })
    let fortnight = Simulation(Simulation.Options(seed: 1, dayCount: 13))
    let drops = fortnight.incidents.filter { $0.kind == .drop && $0.strength != .holiday }
    #expect(!drops.isEmpty && drops.allSatisfy { !$0.isFindable })
    for incident in month.incidents where incident.entityType == .supplier {
      #expect(incident.also == month.fleet.keys[incident.keys].map(\.name))
    }
    #expect(SimulationTexts.labels(fortnight).contains(#""findable": false, "also": ["#))
  }

  @Test func `of a run that is too short labels promise nothing that it lacks`() throws {
    let simulation = Simulation(Simulation.Options(seed: 1, dayCount: 3))
    let end = (simulation.options.firstDay.day + 3) * CivilTime.secondsPerDay
    #expect(simulation.incidents.allSatisfy { $0.start < end })
    // Saturday, Sunday, Monday: nobody knows a working day.
    let spikes = simulation.incidents.filter { $0.kind == .spike }
    #expect(!spikes.isEmpty && spikes.allSatisfy { !$0.isFindable })
    #expect(simulation.incidents.contains { $0.kind == .tier && $0.isFindable })
  }

  // MARK: - helpers

  private static func small(seed: UInt64) -> Simulation.Options {
    Simulation.Options(seed: seed, dayCount: 1, keyCount: 9, requestsPerDay: 3000)
  }

  private func text(seed: UInt64) throws -> String {
    var simulation = Simulation(Self.small(seed: seed))
    var text: [UInt8] = []
    while try simulation.writeDay({ text += $0 }) {}
    return String(decoding: text, as: UTF8.self)
  }

  private func requests(_ simulation: Simulation, from: Int, to: Int) -> [Request] {
    var generator = simulation.generator
    // The generator needs an hour's and a day's start; what came before does not matter here.
    return stride(from: from / 3600 * 3600, to: to, by: 60).flatMap { second in
      generator.requests(ofMinuteAt: second)
    }.filter { from <= $0.milliseconds / 1000 && $0.milliseconds / 1000 < to }
  }

  /// The incident's requests beside those of the same simulation without incidents.
  private func check(
    _ kind: Incident.Kind, _ strength: Incident.Strength, _ judge: (Double, Double) -> Void
  ) throws {
    let found = Self.simulation.incidents.filter { $0.kind == kind && $0.strength == strength }
    #expect(found.count == 2)
    for incident in found {
      var quiet = Self.simulation
      quiet.generator.incidents = []
      let counts = [Self.simulation, quiet].map { simulation in
        requests(simulation, from: incident.start + 240, to: incident.end)
          .count { incident.keys.contains($0.key) }
      }
      judge(Double(counts[0]), Double(max(1, counts[1])))
    }
  }
}
