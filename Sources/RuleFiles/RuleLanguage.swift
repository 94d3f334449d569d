public import Detection

/// All keys that a rule file may have.
///
/// Those of a kind are found by letting it read: the table cannot differ from what is read. The
/// others are written down here, and a test reads a file with each of them.
public enum RuleLanguage {
  /// Keys of a rule of `kind`: those that all have, and its own.
  public static func keys(of kind: any Detector.Type) -> [RuleKey] {
    commonKeys(of: kind) + ownKeys(of: kind)
  }

  /// The common keys that `kind` looks at.
  public static func commonKeys(of kind: any Detector.Type) -> [RuleKey] {
    let missing = keysWithoutEffect(at: kind.kind)
    return common.filter { key in !missing.contains { $0.name == key.name } }
  }

  /// The common keys that a kind does not look at, and why not.
  public static func keysWithoutEffect(at kind: String) -> [(name: String, reason: String)] {
    switch kind {
    case Precursor.kind: [("match", "its requests are 'target' and 'precursors'")]
    case Tier.kind: [("min_samples", "nothing is learnt")]
    default: []
    }
  }

  /// Keys that a kind alone has, or some of them.
  public static func ownKeys(of kind: any Detector.Type) -> [RuleKey] {
    KindOutline.keys(of: kind)
  }

  /// Keys that are part of the language and built by no step so far.
  public static var keysNotYetSupported: [String] { RuleReader.keysNotYetSupported.sorted() }
  public static var kindsNotYetSupported: [String] { RuleReader.kindsNotYetSupported.sorted() }

  public static let common: [RuleKey] = [
    RuleKey(
      "id", .identifier, isRequired: true,
      meaning:
        "Names the rule in alerts: lower case letters, digits and hyphens, once in all files."
    ),
    RuleKey(
      "title", .text, isRequired: true,
      meaning: "What the rule finds, in a line, for the person at night."),
    RuleKey(
      "kind", .word(Detectors.all.map { $0.kind }), isRequired: true,
      meaning: "How it judges; each kind has keys of its own, below."),
    RuleKey(
      "per", .oneOrTwo(Per.types.map(\.rawValue)), absent: "key",
      meaning:
        "What is judged, each by itself; `global` is all traffic together, `[key, route]` each key "
        + "at each route."),
    RuleKey(
      "match", .matchers,
      meaning:
        "Which requests it looks at, by method and path; one of a list is enough. All, if left out."
    ),
    RuleKey(
      "where", .expression,
      meaning: "Which of them, by any field; quoted, see [Expressions](#expressions)."),
    RuleKey(
      "min_samples", .integer(1...1_000_000),
      meaning:
        "What must have been seen before it judges: windows for `spike` and `drop`, targets for "
        + "`precursor` (20), requests of a window for `ratio` and percentiles (20)."),
    RuleKey(
      "severity", .word(Severity.allCases.map(\.rawValue)), absent: "medium",
      meaning: "How bad an alert of it is."),
    RuleKey(
      "shadow", .flag, absent: "false",
      meaning: "Judged, and kept with state `shadow`; it makes no exit status and wakes nobody."),
    RuleKey(
      "for", .duration, absent: "0s",
      meaning:
        "How long there must have been trouble before there is an alert; a quiet time that would "
        + "end one begins anew."),
    RuleKey(
      "resolve_after", .duration,
      meaning:
        "How long it must be quiet before an alert is over; two windows, if left out or shorter."),
    RuleKey(
      "remind_after", .duration,
      meaning:
        "An alert that goes on is told again when it is that old, twice as old, four times as old "
        + "and so on; if left out, only when it has doubled."),
    RuleKey(
      "during", .text,
      meaning:
        "Hours in which it speaks: `Mon-Fri 08:00-18:00 Europe/Oslo`; days, times and zone may be "
        + "left out. It learns always. Too little is told of windows that lie within them."),
    RuleKey(
      "after", .mapping(afterMark),
      meaning:
        "It speaks for a while after a mark that `tollwatch mark` set, as after a deploy, and at no "
        + "other time. It learns always. Too little is told of windows that begin after it."),
    RuleKey(
      "group", .word(EpisodePolicy.groups.map(\.rawValue)),
      meaning: "One alert for all that belong to one, with their number, in place of one for each."),
    RuleKey(
      "inhibit", .texts,
      meaning:
        "Rules, by id, that are quiet about an entity, and about what belongs to it, while this one "
        + "has an alert of it."),
    RuleKey(
      "overrides", .overrides,
      meaning:
        "What holds for some: a list of `{label: {plan: trial}, above: 60}`, of which the first that "
        + "fits counts. Labels are those of keys in the registry, and `supplier`, `application`, "
        + "`tier` and `environment`; all of a `label` must fit. What makes the rule, as `per` and "
        + "`where`, stays as it is."),
    RuleKey("why", .text, meaning: "What may be behind an alert of it."),
    RuleKey("runbook", .text, meaning: "What to do about one."),
    RuleKey(
      "tests", .items(test), meaning: "Traffic, and what the rule makes of it; see [Tests](#tests)."
    ),
  ]

  private static let afterMark: [RuleKey] = [
    RuleKey("mark", .identifier, isRequired: true, meaning: "Its name: `deploy`."),
    RuleKey("within", .duration, absent: "1h", meaning: "For how long."),
  ]

  /// Keys of a mark that a test sets.
  static let mark: [RuleKey] = [
    RuleKey("name", .identifier, isRequired: true, meaning: "Its name."),
    RuleKey(
      "at", .clock, isRequired: true,
      meaning: "When it is set: a time of the day on which the test starts, or a whole time stamp."),
  ]

  /// Keys of a test.
  public static let test: [RuleKey] = [
    RuleKey("name", .text, isRequired: true, meaning: "What it shows."),
    RuleKey(
      "start", .time, absent: "2026-01-05T00:00:00Z",
      meaning:
        "When the feed begins, and the day of times without a date. If left out it is a Monday."),
    RuleKey(
      "feed", .feed, meaning: "Counts of requests, one a step of time; see [Feeds](#feeds)."),
    RuleKey(
      "step", .duration,
      meaning: "The length of the feed's steps; the rule's shortest window if left out."),
    RuleKey(
      "request", .request,
      meaning:
        "What each request of the feed is: `GET /v1/quotes?sku=7`. If left out, one that the "
        + "rule's `match` takes."),
    RuleKey(
      "status", .integer(0...999), absent: "200", meaning: "How the feed's requests were answered."),
    RuleKey(
      "lines", .items(line), meaning: "Single requests with their times, in place of a feed."),
    RuleKey(
      "log", .text,
      meaning:
        "A log file, plain or compressed, in place of a feed; its path begins at the rule file's "
        + "folder."),
    RuleKey(
      "format", .text,
      meaning: "The log's format or preset; fitted to its first lines if left out."),
    RuleKey("registry", .text, meaning: "With `log`: the file that says who owns the keys."),
    RuleKey(
      "tier", .mapping(tier), meaning: "The tier of the test's keys; without it they have none."),
    RuleKey(
      "labels", .labels, meaning: "Labels of the test's keys, for rules with `overrides`."),
    RuleKey("marks", .items(mark), meaning: "Marks that are set, for rules with `after`."),
    RuleKey(
      "expect", .alerts(expectation), isRequired: true,
      meaning: "`none`, or all the alerts that there must be: one too many fails the test, too."),
  ]

  private static let details = 0...RuleTestReader.detailMax

  /// Keys of each of a test's `lines`.
  public static let line: [RuleKey] = [
    RuleKey(
      "at", .clock, isRequired: true,
      meaning: "When the first comes: `10:00:03` on the day of `start`, or a whole time stamp."),
    RuleKey(
      "request", .request, isRequired: true, meaning: "Method and path: `POST /v1/orders?sku=7`."),
    RuleKey(
      "status", .integer(0...999), absent: "200", meaning: "How it was answered; 429 is throttled."),
    RuleKey(
      "times", .integer(1...RuleTestReader.lineCountMax), absent: "1",
      meaning: "How many of them come."),
    RuleKey("every", .duration, absent: "1s", meaning: "How long after one the next comes."),
    RuleKey("key", .text, absent: "key-1", meaning: "Whose request it is."),
    RuleKey("client_ip", .text, absent: "192.0.2.1", meaning: "Where it comes from."),
    RuleKey("user_agent", .text, meaning: "As the client names itself."),
    RuleKey("latency_ms", .integer(details), meaning: "How long it takes, milliseconds."),
    RuleKey("bytes_in", .integer(details), meaning: "Bytes that come with it."),
    RuleKey("bytes_out", .integer(details), meaning: "Bytes of the answer."),
  ]

  /// Keys of each alert that a test expects.
  public static let expectation: [RuleKey] = [
    RuleKey(
      "window", .integer(0...FeedText.stepCountMax),
      meaning: "The step of the feed, from 0, at whose end the alert is looked at; or `at`."),
    RuleKey("at", .clock, meaning: "When it is looked at: a time as in `lines`."),
    RuleKey("state", .word(["open", "resolved"]), absent: "open", meaning: "Its state then."),
    RuleKey("entity", .text, meaning: "Whom it is about."),
    RuleKey("reason", .text, meaning: "Words that stand in its reason."),
  ]

  /// Keys of a tier, as in a registry.
  public static let tier: [RuleKey] =
    TierReader.periods.map { period in
      RuleKey(
        period.key, .number(TierReader.rates),
        meaning: "Requests that the tier allows \(period.words).")
    } + [
      RuleKey(
        "burst", .number(TierReader.bursts), absent: "0",
        meaning: "The most a bucket holds, where that is more than its rate."),
      RuleKey(
        "limiter", .word(KeyRegistry.Limiter.allCases.map(\.rawValue)), absent: "bucket",
        meaning: "How the gateway enforces it."),
    ]
}
