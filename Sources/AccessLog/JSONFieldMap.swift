/// Which values of a JSON line are read, as a tree of keys: looking up a key of a line compares
/// it with the few that are wanted at that place.
struct JSONFieldMap: Sendable {
  /// Without references, so that walking the tree counts none.
  struct Node {
    /// In `keys`.
    var keyStart = 0
    var keyCount = 0
    /// Indices in `nodes` and `leaves`; -1 is none.
    var firstChild = -1
    var nextSibling = -1
    var firstLeaf = -1
    /// Whether evidence may show it; `nil` where nobody said so.
    var hiding: Hiding?
  }

  /// A field that a value fills; one value may fill several.
  struct Leaf {
    var use: FieldUse
    /// Of several values for one field the one with the lowest rank counts.
    var rank: UInt8
    var next = -1
  }

  /// The first is the root.
  private(set) var nodes = [Node()]
  private(set) var leaves: [Leaf] = []
  private(set) var keys: [UInt8] = []

  mutating func add(_ path: [[UInt8]], _ use: FieldUse, rank: Int) {
    var node = 0
    for key in path { node = child(of: node, key) }
    leaves.append(
      Leaf(use: use, rank: UInt8(truncatingIfNeeded: min(rank, 254)), next: nodes[node].firstLeaf))
    nodes[node].firstLeaf = leaves.count - 1
  }

  /// Says whether evidence may show the value at `path`; where several say so, the strictest
  /// counts.
  mutating func setHiding(_ hiding: Hiding, at path: [[UInt8]]) {
    var node = 0
    for key in path { node = child(of: node, key) }
    if let told = nodes[node].hiding, told.rawValue > hiding.rawValue { return }
    nodes[node].hiding = hiding
  }

  /// What was said of `node`; `nil` for the many values that nobody mapped.
  func hiding(_ node: Int) -> Hiding? { node < 0 ? nil : nodes[node].hiding }

  /// The keys of `request.headers.X-Api-Key`; a backslash before a dot keeps it.
  static func components(of path: String) -> [[UInt8]] {
    var components: [[UInt8]] = [[]]
    var isEscaped = false
    for byte in path.utf8 {
      if !isEscaped, byte == ASCII.backslash {
        isEscaped = true
      } else if !isEscaped, byte == ASCII.dot {
        components.append([])
      } else {
        components[components.count - 1].append(byte)
        isEscaped = false
      }
    }
    return components
  }

  private mutating func child(of parent: Int, _ key: [UInt8]) -> Int {
    var node = nodes[parent].firstChild
    while node >= 0 {
      let range = nodes[node].keyStart..<nodes[node].keyStart + nodes[node].keyCount
      if Array(keys[range]) == key { return node }
      node = nodes[node].nextSibling
    }
    nodes.append(
      Node(keyStart: keys.count, keyCount: key.count, nextSibling: nodes[parent].firstChild))
    keys += key
    nodes[parent].firstChild = nodes.count - 1
    return nodes.count - 1
  }
}
