/// Which values of a JSON line are read, as a tree of keys. A key of a line is looked up by its
/// first eight bytes, which are one load, and its length.
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

  /// What looking a key up reads of a node: small, because it is read for every key.
  struct Entry {
    /// The first eight bytes of the key, the first one lowest; zeros where it is shorter.
    var head: UInt64
    var keyCount: Int32
    var keyStart: Int32
    /// The next child of the same parent with the same slot in the parent's table, or -1.
    var nextInSlot: Int32 = -1
  }

  /// Where the table of a node's children is; its size is a power of two.
  struct Table {
    var start: Int32 = 0
    var mask: Int32 = -1
  }

  /// A field that a value fills; one value may fill several.
  struct Leaf {
    var use: FieldUse
    /// How the value is read; ``JSONValueForm/plain`` as a variable of a template is.
    var form = JSONValueForm.plain
    /// Of several values for one field the one with the lowest rank counts.
    var rank: UInt8
    var next = -1
    /// Its words in `words`, for ``JSONValueForm/mark``.
    var words = 0..<0
  }

  /// The first is the root.
  private(set) var nodes = [Node()]
  private(set) var leaves: [Leaf] = []
  private(set) var keys: [UInt8] = []
  /// One for each node, in their order.
  private var entries: [Entry] = []
  private var tables: [Table] = []
  private var firstLeaves: [Int32] = []
  /// Hash tables of all nodes, end to end: the first child of each slot, or -1.
  private var slots: [Int16] = []
  /// Texts that mean something by themselves: marks of throttling, and what stands for nothing.
  private(set) var words = ByteWords()
  /// Those that stand for nothing, in every field.
  private(set) var absentWords = 0..<0

  /// Paths and alternatives that one map may have.
  static let nodeCountMax = 1000

  mutating func add(
    _ path: [[UInt8]], _ use: FieldUse, rank: Int, form: JSONValueForm = .plain,
    words: [String] = []
  ) {
    var node = 0
    for key in path { node = child(of: node, key) }
    var leaf = Leaf(
      use: use, form: form, rank: UInt8(truncatingIfNeeded: min(rank, 254)),
      next: nodes[node].firstLeaf)
    leaf.words = self.words.append(words)
    leaves.append(leaf)
    nodes[node].firstLeaf = leaves.count - 1
  }

  mutating func setAbsent(_ texts: [String]) { absentWords = words.append(texts) }

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
    precondition(nodes.count < Self.nodeCountMax, "a map has at most 1000 paths")
    nodes.append(
      Node(keyStart: keys.count, keyCount: key.count, nextSibling: nodes[parent].firstChild))
    keys += key
    nodes[parent].firstChild = nodes.count - 1
    return nodes.count - 1
  }
}

// MARK: - Looking up

extension JSONFieldMap {
  /// Makes the tables; what is added afterwards would not be found.
  mutating func makeTables() {
    slots = []
    entries = nodes.map { node in
      let key = node.keyStart..<node.keyStart + node.keyCount
      return Entry(
        head: keys.span.head(of: key), keyCount: Int32(key.count), keyStart: Int32(key.lowerBound))
    }
    tables = Array(repeating: Table(), count: nodes.count)
    firstLeaves = nodes.map { Int32($0.firstLeaf) }
    for parent in nodes.indices where nodes[parent].firstChild >= 0 {
      var children: [Int] = []
      var child = nodes[parent].firstChild
      while child >= 0 {
        children.append(child)
        child = nodes[child].nextSibling
      }
      makeTable(of: parent, children)
    }
  }

  private mutating func makeTable(of parent: Int, _ children: [Int]) {
    var size = 8
    while size < children.count * 4 { size *= 2 }
    let start = slots.count
    tables[parent] = Table(start: Int32(start), mask: Int32(size - 1))
    slots += Array(repeating: -1, count: size)
    for child in children {
      let hash = Self.hash(entries[child].head, Int(entries[child].keyCount))
      let slot = start + hash & (size - 1)
      entries[child].nextInSlot = Int32(slots[slot])
      slots[slot] = Int16(truncatingIfNeeded: child)
    }
  }

  @inline(__always)
  private static func hash(_ head: UInt64, _ count: Int) -> Int {
    Int(truncatingIfNeeded: (head &* 0x9e37_79b9_7f4a_7c15) >> 48) &+ count
  }

  /// The first field that the value of `node` fills, an index in `leaves`; -1 is none.
  @inline(__always)
  func firstLeaf(of node: Int) -> Int { Int(firstLeaves.span[node]) }

  /// The child of `node` by that key; -1 where nobody wants it.
  @inline(__always)
  func child(of node: Int, _ line: Span<UInt8>, _ key: Range<Int>) -> Int {
    let table = tables.span[node]
    if table.mask < 0 { return -1 }
    let count = key.count
    let head = line.head(of: key)
    let slot = Int(table.start) + Self.hash(head, count) & Int(table.mask)
    var child = Int(slots.span[slot])
    while child >= 0 {
      let entry = entries.span[child]
      if entry.head == head, entry.keyCount == count {
        if count <= 8 { return child }
        if keys.span.isSame(from: Int(entry.keyStart), as: key, of: line) { return child }
      }
      child = Int(entry.nextInSlot)
    }
    return -1
  }
}

extension Span<UInt8> {
  /// The first eight bytes of `range`, the first one lowest, with zeros for those it lacks.
  @inline(__always)
  fileprivate func head(of range: Range<Int>) -> UInt64 {
    let missing = 8 - range.count
    if range.lowerBound + 8 <= count {
      let word = word(at: range.lowerBound)
      if missing <= 0 { return word }
      return missing == 8 ? 0 : word & (UInt64.max >> UInt64(missing * 8))
    }
    var word: UInt64 = 0
    var index = range.upperBound
    while index > range.lowerBound {
      index -= 1
      if index - range.lowerBound < 8 { word = word << 8 | UInt64(self[index]) }
    }
    return word
  }

  /// Whether the bytes from `start` on are those of `range` of `text`; by words where there are
  /// eight or more, the last of which may overlap the one before.
  @inline(__always)
  fileprivate func isSame(from start: Int, as range: Range<Int>, of text: Span<UInt8>) -> Bool {
    let count = range.count
    var index = 0
    if count >= 8 {
      while index + 8 <= count {
        if word(at: start + index) != text.word(at: range.lowerBound + index) { return false }
        index += 8
      }
      return word(at: start + count - 8) == text.word(at: range.upperBound - 8)
    }
    while index < count {
      if self[start + index] != text[range.lowerBound + index] { return false }
      index += 1
    }
    return true
  }
}

/// A few short words, end to end.
struct ByteWords: Sendable {
  private var bytes: [UInt8] = []
  private var ends: [Int] = []

  /// Adds `words` and returns their numbers.
  mutating func append(_ words: [String]) -> Range<Int> {
    let first = ends.count
    for word in words {
      bytes += Array(word.utf8)
      ends.append(bytes.count)
    }
    return first..<ends.count
  }

  /// Whether `range` of `text` is one of the words with these numbers.
  @inline(__always)
  func contains(_ text: Span<UInt8>, _ range: Range<Int>, among numbers: Range<Int>) -> Bool {
    var number = numbers.lowerBound
    while number < numbers.upperBound {
      let start = number == 0 ? 0 : ends[number - 1]
      if ends[number] - start == range.count,
        bytes.span.isSame(from: start, as: range, of: text)
      {
        return true
      }
      number += 1
    }
    return false
  }
}
