public import AccessLog
public import Detection

/// A test that a rule file carries: traffic, and what its rule must make of it.
public struct RuleTest: Hashable, Sendable {
  public var name: String
  public var ruleID: String
  public var input: Input
  /// The tier of the key, for rules that judge against one.
  public var tier: KeyRegistry.Tier?
  /// Labels of its keys.
  public var labels: [KeyRegistry.Label] = []
  /// What was done meanwhile.
  public var marks: [Mark] = []
  /// Empty is `expect: none`: no alert at all.
  public var expectations: [Expectation]
  /// Where it stands, for a failure to be shown at.
  public var file: String
  public var line: Int
  public var column: Int

  public enum Input: Hashable, Sendable {
    case feed(Feed)
    case lines([Line])
    case log(Log)

    /// A log is read by whoever can read logs, not in memory.
    public var isLog: Bool { if case .log = self { true } else { false } }
  }

  /// A log file beside the rule file.
  public struct Log: Hashable, Sendable {
    public var path: String
    /// A format or preset; `nil` is fitted to the first lines.
    public var format: String?
    /// Who owns the keys.
    public var registry: String?
  }

  /// Counts of requests, one for each step of time.
  public struct Feed: Hashable, Sendable {
    public var start: EventTime
    public var stepMilliseconds: Int64
    public var runs: [Run]
    /// What each request is; `nil` is one that the rule counts.
    public var request: Request?

    /// Steps in all.
    public var stepCount: Int { runs.reduce(0) { $0 + $1.stepCount } }
  }

  /// What all requests of a feed are.
  public struct Request: Hashable, Sendable {
    public var method: String
    /// Path and query.
    public var target: String
    public var status: Int

    public init(method: String, target: String, status: Int = 200) {
      self.method = method
      self.target = target
      self.status = status
    }
  }

  /// Equal steps one after the other.
  public struct Run: Hashable, Sendable {
    /// Requests a step; `nil` is a gap, of which nothing is known.
    public var value: Int?
    public var stepCount: Int
  }

  /// A request, or several at equal distances.
  public struct Line: Hashable, Sendable {
    public var time: EventTime
    public var method: String
    /// Path and query.
    public var target: String
    public var status: Int
    public var times: Int
    public var everyMilliseconds: Int64
    /// `nil` is the one key of the test.
    public var key: String?
    public var details = Details()
  }

  /// What else a gateway tells of a request; `nil` is nothing.
  public struct Details: Hashable, Sendable {
    public var clientIP: String?
    public var userAgent: String?
    public var latencyMilliseconds: Int?
    public var bytesIn: Int?
    public var bytesOut: Int?

    public init() {}
  }

  public struct Expectation: Hashable, Sendable {
    public enum Moment: Hashable, Sendable {
      /// A step of the feed, from 0: the alert is in this state when the step's window closed.
      case window(Int)
      case at(EventTime)
    }

    public var moment: Moment
    /// Open or resolved.
    public var state: Alert.State
    public var entity: String?
    /// Part of the alert's reason.
    public var reason: String?
  }

  /// Where a test names no time: a Monday, 2026-01-05T00:00:00Z.
  public static let defaultStart = EventTime(seconds: 1_767_571_200)
}
