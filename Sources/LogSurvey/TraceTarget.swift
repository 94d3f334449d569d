import AccessLog
public import Detection

/// Whom a trace is about: what a person typed, and all that it can mean.
public struct TraceTarget: Sendable {
  public let text: String
  /// `nil` leaves it to the text and to what is found.
  public let kind: EntityHistory.Kind?
  /// Names that callers have in the log, and fingerprints of their secrets.
  private(set) var names: Set<String> = []
  private(set) var fingerprints: Set<String> = []
  /// The registry's index of the supplier.
  private(set) var supplier: Int?
  let address: IPAddress?
  let network: Network?
  private let registry: KeyRegistry
  private let isFingerprint: Bool

  /// - Parameters:
  ///   - kind: to be told where a text could mean several things.
  ///   - fingerprint: makes `key:…` of a secret, so that a raw key is found, too.
  public init(
    _ text: String, kind: EntityHistory.Kind?, registry: KeyRegistry,
    fingerprint: ([UInt8]) -> String
  ) {
    self.text = text
    self.registry = registry
    isFingerprint = text.hasPrefix("key:") && text.utf8.count >= 12
    let bytes = Array(text.utf8)
    let address = IPAddress(parsing: bytes.span)
    let network = text.contains("/") ? Network(parsing: text) : nil
    let supplier = registry.suppliers.firstIndex { $0.name == text }
    self.kind =
      kind ?? (network != nil ? .network : address != nil ? .address : nil)
      ?? (supplier != nil ? .supplier : isFingerprint ? .key : nil)
    self.address = address
    self.network = network
    self.supplier = supplier
    guard self.kind == nil || self.kind == .key else { return }
    names = [text]
    fingerprints = [isFingerprint ? text.lowercased() : fingerprint(bytes)]
    for row in registry.keys where row.name == text || row.identities.contains(.name(text)) {
      for identity in row.identities {
        switch identity {
        case .name(let name): names.insert(name)
        case .fingerprint(let digits): fingerprints.insert(digits)
        }
      }
    }
  }

  /// Names that `text` may have been meant to be, the nearest first.
  public func nearNames(among seen: [String]) -> [String] {
    let known =
      Set(registry.keys.compactMap(\.name) + registry.suppliers.map(\.name) + seen)
      .subtracting([text]).sorted()
    var near = NearestWord.nearest(to: text, among: known).map { [$0] } ?? []
    let word = text.lowercased()
    if word.utf8.count >= 3 {
      near += known.filter { $0.lowercased().contains(word) && !near.contains($0) }
    }
    return Array(near.prefix(Self.nearCountMax))
  }

  private static let nearCountMax = 8
}
