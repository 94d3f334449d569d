import Terminal

/// A registry to fill in, as YAML: who calls, with what was seen of each as a comment, and a
/// suggestion where there is one. It loads as it is.
public struct RegistryDraft: Sendable {
  /// Keys that are written; a registry of more is better made by a program, as CSV.
  public static let keyCountMax = 10_000

  /// `12 files`, for the heading.
  public var origin: String
  /// The id of the secret that fingerprints were made with.
  public var fingerprintKeyID: String

  /// A field of the lines that may name the caller, where none does by those that were asked for.
  public var identityHint: String?

  /// How a command is told of the file that it will be, as a shell takes it.
  public var options: String

  /// Most lines have more behind the end of the format.
  public var goesOn: Bool
  /// What it was made from, as words of a command.
  public var logs: String

  public init(
    origin: String, fingerprintKeyID: String, identityHint: String? = nil, goesOn: Bool = false,
    options: String = "--registry registry.yaml", logs: String = "LOG…"
  ) {
    self.origin = origin
    self.goesOn = goesOn
    self.logs = logs
    self.options = options
    self.fingerprintKeyID = fingerprintKeyID
    self.identityHint = identityHint
  }

  /// The whole file.
  public func text(of survey: consuming TrafficSurvey) -> String {
    var all = survey.callers()
    let count = all.count
    all.removeAll { Self.isMisleading($0) || Self.isNoise($0) }
    let writable = all.count
    let callers = Array(all.prefix(Self.keyCountMax))
    let plan = TierPlan(callers)
    let suppliers = SupplierGuess(callers)
    var lines = heading(survey, callerCount: count)
    if count > writable {
      lines += [
        "# Left out: \(Quantity.count(count - writable, "key")) that got nothing but errors, or with "
          + "a name of few requests that",
        "# is long or has odd marks, cannot be written, or looks like a fingerprint.",
      ]
    }
    if writable > callers.count {
      lines.append(
        "# Left out: \(Quantity.count(writable - callers.count, "key")) with fewer requests.")
    }
    // Names mean the same everywhere; a fingerprint is of one secret.
    if callers.contains(where: \.isSecret) {
      lines += ["", "fingerprint_key_id: \(YAMLText.quoted(fingerprintKeyID))"]
    }
    lines += Self.tiers(plan) + Self.suppliers(suppliers)
    lines += keys(callers, plan, suppliers, survey) + Self.apis(survey)
    return lines.joined(separator: "\n") + "\n"
  }

  /// A client that calls itself `key:0123456789abcdef` would be taken for a fingerprint, a byte
  /// order mark does not come back from YAML, and what is no UTF-8 was repaired: two names may
  /// have become one.
  private static func isMisleading(_ caller: SurveyedCaller) -> Bool {
    let name = caller.name
    return !caller.isSecret
      && (name.hasPrefix("key:") || name.isEmpty
        || name.unicodeScalars.contains { $0 == "\u{feff}" || $0 == "\u{fffd}" })
  }

  /// Requests from which on a caller is taken for one, whatever it calls itself.
  static let oddRequestCountMin = 100
  private static let plainNameBytesMax = 64

  /// What attackers put where a name belongs is no key: nobody let it in, or it came a few times
  /// and looks like no name.
  private static func isNoise(_ caller: SurveyedCaller) -> Bool {
    if caller.errorCount == caller.requestCount { return true }
    guard !caller.isSecret, caller.requestCount < oddRequestCountMin else { return false }
    return caller.name.utf8.count > plainNameBytesMax
      || !caller.name.unicodeScalars.allSatisfy {
        $0.properties.isAlphabetic || $0.properties.numericType != nil
          || " ._-@:+/=~|".unicodeScalars.contains($0)
      }
  }

  // MARK: - Parts

  private func heading(_ survey: borrowing TrafficSurvey, callerCount: Int) -> [String] {
    var lines = ["# A draft, made by 'tollwatch registry draft' from \(YAMLText.comment(origin)):"]
    lines.append(
      "# \(Quantity.count(survey.recordCount, "request")) of "
        + Quantity.count(callerCount, "key")
        + (survey.unnamedRecordCount > 0
          ? ", \(Quantity.count(survey.unnamedRecordCount)) of them without one" : "") + ",")
    if let first = survey.firstTime, let last = survey.lastTime {
      lines.append("# from \(first.shownSecond) to \(last.shownSecond).")
    }
    if survey.refusedRecordCount > 0 {
      lines.append(
        "# \(Quantity.count(survey.refusedRecordCount, "request")) came from keys beyond the "
          + "first \(Quantity.count(TrafficSurvey.callerCountMax)), and are not told apart.")
    }
    return lines + [
      "# What only you know is missing: which tier a key bought, whose it is, whom to ask.",
      "# Names stand as they are; secrets as fingerprints, made with the key of fingerprint_key_id.",
      "# Then: tollwatch check \(YAMLText.comment(options)) && "
        + "tollwatch replay \(YAMLText.comment("\(options) \(logs)"))",
    ]
  }

  private static func tiers(_ plan: TierPlan) -> [String] {
    guard !plan.tiers.isEmpty else { return ["", "tiers: {}"] }
    let rows = plan.tiers.map { tier in
      "  \(tier.name): {rate_per_second: \(tier.ratePerSecond), burst: \(tier.burst), "
        + "limiter: bucket}  # \(Quantity.count(tier.callerCount, "key"))"
    }
    return [
      "",
      "# The least tiers that let pass what was seen. Replace them by those that you sell:",
      "# limiter is how the gateway enforces it (fixed, sliding, bucket); there is also",
      "# rate_per_minute, _hour, _day, _month.",
      "tiers:",
    ] + rows
  }

  private static func suppliers(_ guess: SupplierGuess) -> [String] {
    guard !guess.suppliers.isEmpty else {
      return [
        "", "# No keys look related. A supplier is: {timezone: Europe/Oslo, contact: ops@example}",
        "suppliers: {}",
      ]
    }
    let rows = guess.suppliers.map { supplier in
      "  \(YAMLText.word(supplier.name)): {}  # \(Quantity.count(supplier.callerCount, "key")); "
        + YAMLText.comment(supplier.reason)
    }
    return [
      "", "# A guess. Between the braces: timezone: Europe/Oslo, contact: ops@northwind.example",
      "suppliers:",
    ] + rows
  }

  private func keys(
    _ callers: [SurveyedCaller], _ plan: TierPlan, _ guess: SupplierGuess,
    _ survey: borrowing TrafficSurvey
  ) -> [String] {
    guard !callers.isEmpty else { return ["", "keys: []"] + unnamed(survey) }
    var lines = ["", "keys:"]
    for (index, caller) in callers.enumerated() {
      let tier = plan.tierOfCaller[index]
      lines += Self.facts(of: caller) + plan.reasons(for: caller, tier: tier).map { "  # \($0)" }
      var row = "  - {key: \(YAMLText.quoted(caller.name))"
      if let supplier = guess.supplierOfCaller[index] {
        row += ", supplier: \(YAMLText.word(guess.suppliers[supplier].name))"
      }
      lines.append(row + ", tier: \(plan.tiers[tier].name)}")
    }
    return lines
  }

  /// What was seen of a key, as comments before its row.
  private static func facts(of caller: SurveyedCaller) -> [String] {
    let errors = Quantity.share(caller.errorCount, of: caller.requestCount)
    var volume =
      "\(Quantity.count(caller.requestCount, "request")), at most "
      + "\(Quantity.count(caller.peakPerSecond)) in a second "
      + "(\(caller.peakTime.shownSecond)), \(errors) errors"
    if caller.throttledCount > 0 {
      volume += ", \(Quantity.count(caller.throttledCount)) throttled"
    }
    return [
      "", "  # \(volume)",
      "  # from \(caller.firstTime.shownSecond) to \(caller.lastTime.shownSecond)",
      "  # from \(list(caller.networks, caller.otherNetworkCount, caller.areNetworksExact))",
      "  # for \(list(caller.routes, caller.otherRouteCount, caller.areRoutesExact))",
    ]
  }

  private static func list(_ texts: [TextCount], _ otherCount: Int, _ isExact: Bool) -> String {
    let total = texts.reduce(otherCount) { $0 + $1.count }
    guard total > 0 else { return "(not logged)" }
    let least = isExact ? "" : "at least "
    var parts = texts.map {
      "\(YAMLText.comment(short($0.text))) (\(least)\(Quantity.share($0.count, of: total)))"
    }
    if otherCount > 0 { parts.append("others (\(Quantity.share(otherCount, of: total)))") }
    return parts.joined(separator: ", ")
  }

  /// A route as long as a client likes would make the file unreadable.
  private static func short(_ text: String) -> String {
    text.count > 80 ? text.prefix(79) + "…" : text
  }

  private func unnamed(_ survey: borrowing TrafficSurvey) -> [String] {
    guard survey.recordCount > 0 else { return [] }
    var lines = ["", "# No line names a caller to watch."]
    if let identityHint {
      lines += [
        "# If one of its fields does, say which:",
        "#   tollwatch registry draft --identity '\(YAMLText.comment(identityHint))' LOG…",
      ]
    } else if goesOn {
      lines.append(
        "# The lines go on behind the format, where the caller may stand: 'tollwatch check' and their"
      )
      lines.append("# paths draft a format that reads it all.")
    } else {
      lines.append(
        "# The format has no field for one that is not empty: log the header of the key as well.")
    }
    lines.append("# Until then each client address is watched on its own. The busiest:")
    let least = survey.areUnnamedAddressesExact ? "" : "at least "
    lines += survey.unnamedAddresses(10).map {
      "#   \(YAMLText.comment(Self.short($0.text)))  \(least)\(Quantity.count($0.count, "request"))"
    }
    return lines
  }

  private static func apis(_ survey: borrowing TrafficSurvey) -> [String] {
    let guesses = APIGuess.guesses(from: survey.pathVolumes)
    guard !guesses.isEmpty else { return [] }
    var lines = [
      "",
      "# By the first word of the path. Versions: {v1: {deprecated: 2026-03-01, sunset: "
        + "2026-09-01}}",
      "apis:",
    ]
    for guess in guesses {
      lines.append(
        "  \(YAMLText.word(guess.name)):  # \(Quantity.count(guess.requestCount, "request"))")
      lines.append("    routes:")
      lines += guess.routes.map { "      - \(YAMLText.quoted($0))" }
    }
    return lines
  }
}
