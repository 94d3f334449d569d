/// Why bytes are no snapshot from which an engine could go on.
public enum SnapshotFault: Error, Hashable, Sendable {
  /// They do not begin as a snapshot does.
  case notASnapshot
  /// A later release wrote them, or a section of them.
  case version(Int)
  /// They were written with another installation's key.
  case otherKey
  /// The sources are others, or stand in another order.
  case otherSources
  /// Bytes are missing or were changed.
  case damaged(section: String)
}
