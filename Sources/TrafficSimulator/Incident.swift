/// Something that a watcher of the traffic should tell, planted on purpose.
public struct Incident: Hashable, Sendable {
  public enum Kind: String, CaseIterable, Sendable { case spike, drop, tier, precursor }
  public enum EntityType: String, Sendable { case key, supplier }
  /// A holiday may be told or not: it is out of the usual, and nobody's fault.
  public enum Strength: String, Sendable { case strong, weak, holiday }

  public var kind: Kind
  public var strength: Strength
  public var entityType: EntityType
  public var entity: String
  public var supplier: String
  /// Seconds since 1970.
  public var start: Int
  public var end: Int
  /// Spike and drop: times the usual rate; tier: times the limit; precursor: share of orders
  /// that come without their quotes.
  public var factor: Double
  /// Others about whom an alert tells of this one, too: the keys of a supplier, and the supplier
  /// of a key that makes most of its traffic.
  public var also: [String]
  /// Whether enough came before it for the incident to be told. A drop is judged in an hour of
  /// the week that was seen twice.
  public var isFindable: Bool
  /// The affected keys, in the fleet's numbering.
  var keys: Range<Int>

  func isActive(at second: Int) -> Bool { start <= second && second < end }
}
