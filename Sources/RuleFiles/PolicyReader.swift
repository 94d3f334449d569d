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
      during: hours(&fields), inhibits: inhibits(&fields, ruleID), after: after(&fields),
      group: group(&fields))
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

  private func after(_ fields: inout FieldReader) -> EpisodePolicy.AfterMark? {
    fields.mapping("after", default: nil) { inner in
      let mark = inner.placedText("mark", isRequired: true)
      let within = inner.duration("within", atLeast: 1000) ?? Self.withinDefault
      guard let mark else { return nil }
      guard Mark.isLegal(name: mark.text) else {
        inner.fault(
          "a mark is lower case letters, digits and hyphens", at: "mark",
          suggestion: RuleReader.legalID(mark.text))
        return nil
      }
      return EpisodePolicy.AfterMark(mark: mark.text, withinMilliseconds: within)
    }
  }

  /// For how long a mark is remembered that says nothing else, milliseconds.
  private static let withinDefault: Int64 = 3_600_000

  private func group(_ fields: inout FieldReader) -> EntityType? {
    guard fields.node("group") != nil else { return nil }
    let words = EpisodePolicy.groups.map(\.rawValue)
    return EntityType(rawValue: fields.word("group", oneOf: words, default: words[0]))
  }

  /// What cannot be with the rest of the rule.
  static func check(
    _ policy: EpisodePolicy, per: Per, _ plan: DetectorPlan, _ fields: inout FieldReader
  ) {
    if let hours = policy.during, let window = plan.fallWindow, window > hours.longest {
      fields.fault(
        "none of these hours is as long as a window, so that too little is never seen in them",
        at: "during", suggestion: nil)
    }
    if let after = policy.after, let window = plan.fallWindow, window > after.withinMilliseconds {
      fields.fault(
        "it ends before a window that begins after the mark, so that too little is never seen",
        at: "after", suggestion: nil)
    }
    if let group = policy.group, !per.types.contains(where: { $0.belongs(to: group) }) {
      fields.fault(
        "\(per.text) is not part of \(group.rawValue)", at: "group", suggestion: nil)
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
