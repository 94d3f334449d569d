import AccessLog

/// A hash that is the same in every process and on every machine, over a canonical form: each
/// text with its length, keys sorted.
struct ContentHash {
  private var bytes: [UInt8] = []

  mutating func add(_ text: String) {
    bytes += "\(text.utf8.count):".utf8
    bytes += text.utf8
  }

  /// Adds all that stands below `node`, whatever the order of its keys.
  mutating func add(_ node: YAMLNode) {
    switch node.content {
    case .scalar(let text, _): add(text)
    case .list(let items):
      bytes += "[".utf8
      for item in items { add(item) }
      bytes += "]".utf8
    case .mapping(let entries): add(entries)
    }
  }

  mutating func add(_ entries: [YAMLNode.Entry]) {
    bytes += "{".utf8
    for entry in entries.sorted(by: { $0.key < $1.key }) {
      add(entry.key)
      add(entry.value)
    }
    bytes += "}".utf8
  }

  /// 16 digits.
  var hexadecimal: String {
    // The key is no secret: nobody gains from two rules with one hash.
    let hash = SipHash(key0: 0, key1: 0)
    let digits = String(hash.hash(bytes.span), radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
