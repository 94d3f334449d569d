/// What a rule judges, each by itself: entities of one type, or pairs of two, as each key at each
/// route.
public struct Per: Hashable, Sendable {
  public let type: EntityType
  /// Where it is pairs, the type of their second.
  public let second: EntityType?

  public init(_ type: EntityType, and second: EntityType? = nil) {
    precondition(type != second && type != .pair && second != .pair)
    self.type = type
    self.second = second
  }

  /// Of which the entities are, each of which a rule file may name.
  public static let types = EntityType.allCases.filter { $0 != .pair }

  /// One, or two.
  public var types: [EntityType] { [type] + (second.map { [$0] } ?? []) }

  /// As a rule's page has it: `key`, `key and route`.
  public var text: String { types.map(\.rawValue).joined(separator: " and ") }

  /// As a sentence has it: `client address`.
  var words: String { types.map(\.words).joined(separator: " and ") }

  public static let key = Per(.key)
  public static let application = Per(.application)
  public static let supplier = Per(.supplier)
  public static let tier = Per(.tier)
  public static let api = Per(.api)
  public static let route = Per(.route)
  public static let version = Per(.version)
  public static let clientIP = Per(.clientIP)
  public static let network = Per(.network)
  public static let global = Per(.global)
}
