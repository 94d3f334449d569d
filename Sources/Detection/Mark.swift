public import AccessLog

/// Something that somebody did, and that rules look back to: a deploy, a campaign.
public struct Mark: Hashable, Sendable {
  public var name: String
  public var time: EventTime

  public init(name: String, time: EventTime) {
    self.name = name
    self.time = time
  }

  public static let nameBytesMax = 100

  /// Lower case letters, digits and hyphens, as ids of rules are.
  public static func isLegal(name: String) -> Bool {
    !name.isEmpty && name.utf8.count <= nameBytesMax
      && name.utf8.allSatisfy {
        (97...122).contains($0) || (48...57).contains($0) || $0 == UInt8(ascii: "-")
      }
  }
}
