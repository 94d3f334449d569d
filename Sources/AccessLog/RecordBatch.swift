/// A chunk of whole lines, and the columns that were read from it.
///
/// Parsing fills batches on any number of threads. Texts that few requests have in common stay
/// ranges of the chunk; what rules group by is interned into symbols of this batch. Columns
/// that nothing asked for stay empty (see ``RecordColumns``).
public struct RecordBatch: Sendable {
  /// Where a text stands: in the chunk's bytes, or in the batch's unescaped text.
  public struct TextRange: Hashable, Sendable {
    package var start: UInt32
    package var count: UInt32

    package static let absent = TextRange(start: .max, count: 0)
    package static let unescapedBit: UInt32 = 1 << 31

    package init(start: UInt32, count: UInt32) {
      self.start = start
      self.count = count
    }

    public var isAbsent: Bool { start == .max }
  }

  public struct Flags: OptionSet, Sendable {
    public var rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let throttled = Flags(rawValue: 1)
    /// The line is valid, the request is not HTTP.
    public static let notHTTP = Flags(rawValue: 2)
    /// The identity is a secret; its symbol stands for the raw key and must not be written.
    public static let secretIdentity = Flags(rawValue: 4)
    /// No identity field was present; the key column has the client address.
    public static let addressIdentity = Flags(rawValue: 8)
  }

  /// What the key column's symbols stand for: the tag of their symbols.
  public enum IdentityKind: UInt8, Sendable {
    case name = 0
    case secret = 1
    case address = 2
  }

  /// A line that is no record.
  public struct Malformed: Sendable {
    /// How many records of the batch stood before it.
    public var recordIndex: Int
    public var line: TextRange
    public var fault: MalformedLine
  }

  // Where the chunk came from; a hint, outside the promise of equal bytes.
  public var segmentIndex = 0
  /// Offset in the segment's decompressed bytes of the chunk's first byte.
  public var startOffset: Int64 = 0
  /// The chunk came from a member whose checksum is not yet verified, or did not match.
  public var isUnverified = false

  public internal(set) var bytes: [UInt8] = []
  package internal(set) var unescaped: [UInt8] = []
  package internal(set) var keys: SymbolTable
  /// Paths in which ids became `{id}`.
  package internal(set) var routes: SymbolTable
  /// Methods, hosts and protocols.
  package internal(set) var texts: SymbolTable

  /// Records of the block that is being parsed, on their way to the columns.
  var rows: [Row] = []
  public internal(set) var count = 0
  package internal(set) var time: [Int64] = []
  package internal(set) var line: [TextRange] = []
  /// The caller: symbol in ``keys``, by the first identity field present, else the address.
  package internal(set) var key: [Symbol] = []
  /// The path's template: symbol in ``routes``; none where the request is not HTTP.
  package internal(set) var route: [Symbol] = []
  package internal(set) var method: [Symbol] = []
  /// 0xFFFF is absent.
  package internal(set) var status: [UInt16] = []
  package internal(set) var flags: [Flags] = []
  package internal(set) var query: [TextRange] = []
  package internal(set) var path: [TextRange] = []
  package internal(set) var address: [TextRange] = []
  package internal(set) var identity: [TextRange] = []
  package internal(set) var host: [Symbol] = []
  package internal(set) var `protocol`: [Symbol] = []
  package internal(set) var userAgent: [TextRange] = []
  package internal(set) var referrer: [TextRange] = []
  package internal(set) var requestID: [TextRange] = []
  package internal(set) var bytesOut: [Int64] = []
  package internal(set) var bytesIn: [Int64] = []
  package internal(set) var latencyMicroseconds: [Int64] = []
  package internal(set) var upstreamLatencyMicroseconds: [Int64] = []
  /// A route, API or version that the gateway itself named: symbols in ``texts``.
  package internal(set) var namedRoute: [Symbol] = []
  package internal(set) var namedAPI: [Symbol] = []
  package internal(set) var namedVersion: [Symbol] = []

  public internal(set) var malformed: [Malformed] = []
  /// Lines of the chunk, records or not.
  public internal(set) var lineCount = 0
  /// Empty lines: neither records nor malformed.
  public internal(set) var blankLineCount = 0
  /// Extra text after a full match.
  public internal(set) var trailingTextCount = 0
  /// Records of which something was left out, because nothing tells where it ends.
  public internal(set) var disputedCount = 0

  public init(hash: SipHash) {
    keys = SymbolTable(hash: hash)
    routes = SymbolTable(hash: hash)
    texts = SymbolTable(hash: hash)
  }

  /// Calls `body` with the bytes of `range`; with none where it is absent.
  package func withText<Result>(
    _ range: TextRange, _ body: (Span<UInt8>) -> Result
  ) -> Result {
    guard !range.isAbsent else { return body([UInt8]().span) }
    if range.start & TextRange.unescapedBit != 0 {
      let start = Int(range.start & ~TextRange.unescapedBit)
      return body(unescaped.span.extracting(start..<start + Int(range.count)))
    }
    let start = Int(range.start)
    return body(bytes.span.extracting(start..<start + Int(range.count)))
  }

  /// The text of `range`, with bytes that are not UTF-8 replaced; `nil` where it is absent.
  public func text(_ range: TextRange) -> String? {
    guard !range.isAbsent else { return nil }
    return withText(range) { span in
      var copy: [UInt8] = []
      copy.append(contentsOf: span)
      return String(decoding: copy, as: UTF8.self)
    }
  }
}

/// The columns that somebody asked for; the others stay empty and cost nothing.
public struct RecordColumns: OptionSet, Hashable, Sendable {
  public var rawValue: UInt32
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  public static let host = RecordColumns(rawValue: 1)
  public static let `protocol` = RecordColumns(rawValue: 2)
  public static let userAgent = RecordColumns(rawValue: 4)
  public static let referrer = RecordColumns(rawValue: 8)
  public static let requestID = RecordColumns(rawValue: 16)
  public static let bytes = RecordColumns(rawValue: 32)
  public static let latency = RecordColumns(rawValue: 64)
  public static let named = RecordColumns(rawValue: 128)

  public static let all: RecordColumns = [
    .host, .protocol, .userAgent, .referrer, .requestID, .bytes, .latency, .named,
  ]
}
