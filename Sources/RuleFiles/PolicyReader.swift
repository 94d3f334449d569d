import Detection

/// Reads how a rule's verdicts become alerts: what every kind takes.
struct PolicyReader {
  /// Ids of other rules, to be looked for once all are read.
  private(set) var inhibited: [PlacedText] = []

  mutating func policy(_ fields: inout FieldReader, ruleID: String?) -> EpisodePolicy {
    EpisodePolicy(
      forMilliseconds: fields.duration("for", atLeast: 0) ?? 0,
      resolveAfterMilliseconds: fields.duration("resolve_after", atLeast: 1) ?? 0,
      remindAfterMilliseconds: reminder(&fields),
      during: hours(&fields), inhibits: inhibits(&fields, ruleID), group: group(&fields))
  }

  private func reminder(_ fields: inout FieldReader) -> Int64 {
    let pause = fields.duration("remind_after", atLeast: 1) ?? 0
    if pause > 0, pause < Self.reminderMin {
      fields.fault("a reminder comes after a minute or more", at: "remind_after", suggestion: "1h")
    }
    return pause
  }

  /// Nobody is told more often, milliseconds.
  private static let reminderMin: Int64 = 60_000

  private func hours(_ fields: inout FieldReader) -> WeeklyHours? {
    guard let text = fields.placedText("during") else { return nil }
    do {
      return try HoursText.hours(text.text)
    } catch {
      fields.fault(error.message, at: "during", suggestion: error.suggestion)
      return nil
    }
  }

  private mutating func inhibits(_ fields: inout FieldReader, _ ruleID: String?) -> [String] {
    inhibited = fields.texts("inhibit")
    if inhibited.contains(where: { $0.text == ruleID }) {
      fields.fault("a rule does not keep itself quiet", at: "inhibit", suggestion: nil)
    }
    return inhibited.map(\.text)
  }

  private func group(_ fields: inout FieldReader) -> EntityType? {
    guard fields.node("group") != nil else { return nil }
    let words = EpisodePolicy.groups.map(\.rawValue)
    return EntityType(rawValue: fields.word("group", oneOf: words, default: words[0]))
  }

  /// What cannot be with the rest of the rule.
  static func check(
    _ policy: EpisodePolicy, per: EntityType, _ plan: DetectorPlan, _ fields: inout FieldReader
  ) {
    if let hours = policy.during, let window = plan.fallWindow, window > hours.longest {
      fields.fault(
        "none of these hours is as long as a window, so that too little is never seen in them",
        at: "during", suggestion: nil)
    }
    if let group = policy.group, !per.belongs(to: group) {
      fields.fault(
        "\(per.rawValue) is not part of \(group.rawValue)", at: "group", suggestion: nil)
    }
  }
}

extension EntityType {
  /// Whether each entity has, or may have, one of `group`.
  fileprivate func belongs(to group: EntityType) -> Bool {
    switch group {
    case .global: self != .global
    case .supplier: self == .key || self == .application
    default: self == .key
    }
  }
}

extension DetectorPlan {
  /// The shortest window of which a rule says that it holds too little; `nil` for others.
  fileprivate var fallWindow: Int64? {
    switch self {
    case .volume(let plan): plan.direction == .up ? nil : plan.windows.first
    case .tally(let plan):
      plan.isAbove || plan.part != nil ? nil : plan.windowMilliseconds
    case .precursor, .tier: nil
    }
  }
}
