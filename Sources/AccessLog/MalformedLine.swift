/// Why a line is no record, and at which byte of it that showed.
public struct MalformedLine: Error, Hashable, Sendable {
  public enum Reason: UInt8, CaseIterable, Hashable, Sendable {
    /// The literal text of the format does not stand where it should.
    case literal
    case missingField
    case notANumber
    case outOfRange
    case noTime
    case badTime
    /// A JSON line that is not JSON.
    case syntax
    case tooDeep
    /// Longer than `lineBytesMax`; dropped by the splitter.
    case tooLong
    case empty
    /// `#Version: 1.0`: a line about the log, counted as the blank ones are.
    case comment
    /// A `#Fields` line with other columns than the format has: what follows is not what the
    /// format says.
    case changedColumns
    /// A key of the map stands twice: which of the two is the gateway's cannot be told.
    case doubledKey
    /// `[{…},{…}]`: a batch, of which the records cannot be told apart in time.
    case list

    /// What a person reads in the summary.
    public var description: String {
      switch self {
      case .literal: "does not match the format's literal text"
      case .missingField: "a field is missing"
      case .notANumber: "a number was expected"
      case .outOfRange: "a number is out of range"
      case .noTime: "no time stamp"
      case .badTime: "the time stamp cannot be read"
      case .syntax: "not valid JSON"
      case .tooDeep: "JSON nested too deeply"
      case .tooLong: "the line is too long"
      case .empty: "the line is empty"
      case .comment: "a comment"
      case .doubledKey: "a key stands twice"
      case .list: "a list of records; have the gateway send one object a line"
      case .changedColumns: "the columns changed; give the source this #Fields line, too"
      }
    }
  }

  public var reason: Reason
  public var offset: Int

  public init(_ reason: Reason, at offset: Int) {
    self.reason = reason
    self.offset = offset
  }
}
