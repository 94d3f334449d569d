/// A way that gateways write their access logs.
///
/// To add one: write a new file in `Formats/`, and add its line to ``RecordFormats/all``. Its
/// ``samples`` are tested with no further work.
public protocol RecordFormat: Sendable {
  /// The name by which a configuration chooses this format: `format: nginx`.
  static var name: String { get }

  /// Who writes it and what a source says of it, for people: a sentence or two.
  static var about: String { get }

  /// Lines of the format, each with the record it stands for.
  static var samples: [Sample] { get }

  /// Compiles what the gateway's own configuration says.
  static func reader(for description: FormatDescription) throws(FormatFault) -> any LineReader

  /// The variables of a template that the writer's documentation does not know. They may be
  /// right all the same, as those of nginx's `map`: the format reads them as text.
  static func unknownVariables(
    in description: FormatDescription
  ) throws(FormatFault) -> [UnknownVariable]
}

extension RecordFormat {
  public static var about: String {
    "Text as the gateway's own template has it, which is pasted as `log_format`."
  }

  public static func unknownVariables(
    in description: FormatDescription
  ) throws(FormatFault) -> [UnknownVariable] { [] }
}

/// A variable of a template that its writer may not have.
public struct UnknownVariable: Hashable, Sendable {
  /// As the template spells it.
  public var name: String
  /// UTF-8 offset in the template.
  public var offset: Int
  /// The nearest name that the writer has.
  public var nearest: String?
}

/// Reads single lines of one compiled format.
public protocol LineReader: Sendable {
  /// Reads one line, given without its newline, into `fields`, which the caller has reset.
  func read(_ line: Span<UInt8>, into fields: inout RecordFields) throws(MalformedLine)

  /// Appends to `output` what the escaped `text` stands for.
  func unescape(_ text: Span<UInt8>, into output: inout [UInt8])

  /// What of a line that it reads must not be shown.
  func hiddenPlaces(in line: Span<UInt8>) -> [HiddenPlace]

  /// Of which moment the time stamps are. Lines of writers that stamp the beginning of a request
  /// come later than the stamp by as long as the request took.
  var stampMoment: StampMoment { get }

  /// Whether the stamps are of a clock whose zone no line tells.
  var lacksZone: Bool { get }

  /// A reader that reads the same lines and leaves out what belongs to none of `columns`, nor is
  /// always read; it may be this one.
  func reading(only columns: RecordColumns) -> any LineReader

  /// Whether lines of the log itself say what the columns of the lines behind them are.
  var hasHeaders: Bool { get }

  /// Whether the lines behind `header`, a line of the log, are those that it reads.
  func isDescribed(by header: Span<UInt8>) -> Bool
}

extension LineReader {
  public var stampMoment: StampMoment { .requestEnd }
  public var lacksZone: Bool { false }
  public var hasHeaders: Bool { false }
  public func reading(only columns: RecordColumns) -> any LineReader { self }
  public func isDescribed(by header: Span<UInt8>) -> Bool { true }
}

/// What a source says of its format, as its configuration has it.
public struct FormatDescription: Hashable, Sendable {
  /// The template, bare or as the whole statement; `nil` where the format needs none.
  public var template: String?
  /// For JSON: record field to path in the line, with an optional unit.
  public var fields: [FieldMapping]
  /// Ordered; the first that is present names the caller.
  public var identity: [IdentityField]
  /// Of writers that give no zone.
  public var zone: LocalZone
  /// Days since the epoch of a date near which the lines were written, for writers that give no
  /// year: each stamp is taken in the year that brings it nearest.
  public var referenceDay: Int?
  /// For JSON: of which moment the time stamps are; a template's variables say so themselves.
  public var moment: StampMoment
  /// For JSON: texts that stand for nothing, besides the empty one, `null` and a missing key.
  public var absentTexts: [String]
  /// For JSON: what a collector puts before the object is skipped: syslog's header, the container
  /// runtime's, log4j's.
  public var skipsPrefix: Bool
  /// For JSON: the writer spells each byte from 0x80 on as `\u00HH`, as Envoy does, and no scalar so.
  public var escapesBytes: Bool

  public init(
    template: String? = nil, fields: [FieldMapping] = [], identity: [IdentityField] = [],
    zone: LocalZone = .utc, referenceDay: Int? = nil, moment: StampMoment = .requestEnd,
    absentTexts: [String] = ["-"], skipsPrefix: Bool = true, escapesBytes: Bool = false
  ) {
    self.escapesBytes = escapesBytes
    self.referenceDay = referenceDay
    self.template = template
    self.fields = fields
    self.identity = identity
    self.zone = zone
    self.moment = moment
    self.absentTexts = absentTexts
    self.skipsPrefix = skipsPrefix
  }
}

/// One entry of a JSON field map: `latency: {field: latencies.request, unit: ms}`.
public struct FieldMapping: Hashable, Sendable {
  /// The record's field: `time`, `client_ip`, `status`, `latency`, …
  public var field: String
  /// Where it stands in the line, alternatives in order: `consumer.username`.
  public var paths: [String]
  /// Of a number: `s`, `ms`, `us`, `ns`, and for an instant `epoch_s` and so on; `rfc3339` and
  /// `clf` for an instant that is always text. `nil` where the field has only one.
  public var unit: String?
  /// For `throttled`: the values that mean that the request was throttled, or one of several
  /// between commas. With none, `true` and `1` do.
  public var values: [String]

  public init(field: String, paths: [String], unit: String? = nil, values: [String] = []) {
    self.field = field
    self.paths = paths
    self.unit = unit
    self.values = values
  }
}

/// A field that says who calls: `$http_x_api_key`, `$remote_user`, `consumer.username`.
public struct IdentityField: Hashable, Sendable {
  /// As the gateway's configuration spells it.
  public var field: String
  /// Names are shown; secrets (headers, cookies, query parameters, claims) only as fingerprints.
  public var isSecret: Bool

  public init(field: String, isSecret: Bool) {
    self.field = field
    self.isSecret = isSecret
  }
}

/// A format description that cannot be compiled.
public struct FormatFault: Error, Hashable, Sendable {
  /// What is wrong, as a sentence.
  public var message: String
  /// UTF-8 offset in the template where it shows.
  public var offset: Int
  /// What to write instead.
  public var suggestion: String?
  /// The identity field that it is about, by its place in the order: then the template is right.
  public var identityIndex: Int?

  public init(
    _ message: String, at offset: Int = 0, suggestion: String? = nil, identityIndex: Int? = nil
  ) {
    self.message = message
    self.offset = offset
    self.suggestion = suggestion
    self.identityIndex = identityIndex
  }
}

/// A line with the fields that a correct reader finds in it.
public struct Sample: Sendable {
  public var description: FormatDescription
  public var line: String
  public var expected: Expected

  public struct Expected: Hashable, Sendable {
    public var time: EventTime
    public var address: String?
    public var method: String?
    public var path: String?
    public var query: String?
    public var status: Int?
    public var bytesOut: Int64?
    public var latencyMicroseconds: Int64?
    public var userAgent: String?
    /// The identity as logged, unescaped.
    public var identity: String?
    public var host: String?
    /// The route and API that the gateway names.
    public var route: String?
    public var api: String?
    public var isThrottled: Bool?

    public init(
      time: EventTime, address: String? = nil, method: String? = nil, path: String? = nil,
      query: String? = nil, status: Int? = nil, bytesOut: Int64? = nil,
      latencyMicroseconds: Int64? = nil, userAgent: String? = nil, identity: String? = nil,
      host: String? = nil, route: String? = nil, api: String? = nil, isThrottled: Bool? = nil
    ) {
      self.time = time
      self.address = address
      self.method = method
      self.path = path
      self.query = query
      self.status = status
      self.bytesOut = bytesOut
      self.latencyMicroseconds = latencyMicroseconds
      self.userAgent = userAgent
      self.identity = identity
      self.host = host
      self.route = route
      self.api = api
      self.isThrottled = isThrottled
    }
  }

  public init(_ description: FormatDescription, _ line: String, _ expected: Expected) {
    self.description = description
    self.line = line
    self.expected = expected
  }
}
