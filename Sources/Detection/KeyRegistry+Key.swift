public import AccessLog

extension KeyRegistry {
  /// What a row of the registry calls a key.
  public enum Identity: Hashable, Sendable {
    /// A user or consumer name, or the raw key where the source's identity is a name.
    case name(String)
    /// `key:` and the hexadecimal digits of its keyed fingerprint.
    case fingerprint(String)
  }

  /// One row, from `validFrom` on and before `validTo`.
  ///
  /// There may be millions: what few rows have stands apart, so that the others pay a word for it.
  public struct Key: Hashable, Sendable {
    private var identityName: String?
    private var identityFingerprint: String?
    /// Shown in place of the identity.
    public var name: String?
    private var supplierIndex: Int32 = -1
    private var tierIndex: Int32 = -1
    /// One, or none where all of it is blank.
    private var details: [Details] = []

    private struct Details: Hashable, Sendable {
      var application: String?
      var environment: String?
      var validFrom: EventTime?
      var validTo: EventTime?
      var expires: EventTime?
      var replaces: String?
      var scopes: [String] = []
      var addresses: [String] = []
      var methods: [String] = []
      var labels: [Label] = []
    }

    public init(
      identities: [Identity], name: String? = nil, supplier: Int? = nil, tier: Int? = nil,
      application: String? = nil, environment: String? = nil, validFrom: EventTime? = nil,
      validTo: EventTime? = nil, expires: EventTime? = nil, replaces: String? = nil,
      scopes: [String] = [], addresses: [String] = [], methods: [String] = [],
      labels: [Label] = []
    ) {
      self.name = name
      let details = Details(
        application: application, environment: environment, validFrom: validFrom,
        validTo: validTo, expires: expires, replaces: replaces, scopes: scopes,
        addresses: addresses, methods: methods, labels: labels)
      if details != Details() { self.details = [details] }
      self.identities = identities
      self.supplier = supplier
      self.tier = tier
    }
  }
}

extension KeyRegistry.Key {
  /// A row with a raw key has both forms: which one the log shows depends on the source.
  public var identities: [KeyRegistry.Identity] {
    get {
      [
        identityName.map(KeyRegistry.Identity.name),
        identityFingerprint.map(KeyRegistry.Identity.fingerprint),
      ].compactMap(\.self)
    }
    set {
      (identityName, identityFingerprint) = (nil, nil)
      for identity in newValue {
        switch identity {
        case .name(let name): identityName = name
        case .fingerprint(let text): identityFingerprint = text
        }
      }
    }
  }

  /// The name under which logs may have it.
  var nameInLogs: String? { identityName }
  var fingerprintInLogs: String? { identityFingerprint }

  /// Index in the registry's suppliers.
  public var supplier: Int? {
    get { supplierIndex < 0 ? nil : Int(supplierIndex) }
    set { supplierIndex = newValue.map { Int32($0) } ?? -1 }
  }

  /// Index in the registry's tiers.
  public var tier: Int? {
    get { tierIndex < 0 ? nil : Int(tierIndex) }
    set { tierIndex = newValue.map { Int32($0) } ?? -1 }
  }

  public var application: String? {
    get { details.first?.application }
    set { change(\.application, newValue) }
  }

  public var environment: String? {
    get { details.first?.environment }
    set { change(\.environment, newValue) }
  }

  public var validFrom: EventTime? {
    get { details.first?.validFrom }
    set { change(\.validFrom, newValue) }
  }

  public var validTo: EventTime? {
    get { details.first?.validTo }
    set { change(\.validTo, newValue) }
  }

  public var expires: EventTime? {
    get { details.first?.expires }
    set { change(\.expires, newValue) }
  }

  public var replaces: String? {
    get { details.first?.replaces }
    set { change(\.replaces, newValue) }
  }

  public var scopes: [String] {
    get { details.first?.scopes ?? [] }
    set { change(\.scopes, newValue) }
  }

  public var addresses: [String] {
    get { details.first?.addresses ?? [] }
    set { change(\.addresses, newValue) }
  }

  public var methods: [String] {
    get { details.first?.methods ?? [] }
    set { change(\.methods, newValue) }
  }

  /// Further columns, sorted by name.
  public var labels: [KeyRegistry.Label] {
    get { details.first?.labels ?? [] }
    set { change(\.labels, newValue) }
  }

  private mutating func change<Value>(
    _ part: WritableKeyPath<Details, Value>, _ value: Value
  ) {
    var changed = details.first ?? Details()
    changed[keyPath: part] = value
    details = changed == Details() ? [] : [changed]
  }
}
