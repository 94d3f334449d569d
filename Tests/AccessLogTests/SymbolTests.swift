import Testing

@testable import AccessLog

struct SymbolTests {
  @Test
  func `a text has one symbol, numbered by first appearance`() {
    var table = SymbolTable(hash: testHash)
    let symbols = ["b", "a", "b", "", "a"].map { text in
      let bytes = Array(text.utf8)
      return table.symbol(for: bytes.span)
    }
    #expect(symbols.map(\.index) == [0, 1, 0, 2, 1])
    #expect(table.count == 3)
    #expect(table[symbols[1]] == "a")
    #expect(table[symbols[3]] == "")
  }

  @Test
  func `a tag keeps equal texts apart`() {
    var table = SymbolTable(hash: testHash)
    let bytes = Array("x".utf8)
    let name = table.symbol(for: bytes.span, tag: 0)
    let secret = table.symbol(for: bytes.span, tag: 1)
    #expect(name != secret)
    #expect(table.tag(of: secret) == 1)
    #expect(table.known(bytes.span, tag: 2) == nil)
    #expect(table.known(bytes.span, tag: 1) == secret)
  }

  @Test
  func `thousands of texts are found again after growing and forgetting`() {
    var table = SymbolTable(hash: testHash)
    for round in 0..<2 {
      for index in 0..<5000 {
        let bytes = Array("\(round)-\(index)".utf8)
        #expect(table.symbol(for: bytes.span).index == UInt32(index))
      }
      for index in 0..<5000 {
        let bytes = Array("\(round)-\(index)".utf8)
        #expect(table.known(bytes.span)?.index == UInt32(index))
      }
      table.removeAll()
      #expect(table.count == 0 && table.textBytes == 0)
    }
  }
}

struct SipHashTests {
  /// The reference implementation's first result for SipHash-1-3 and this key.
  @Test
  func `the hash is SipHash`() {
    let empty: [UInt8] = []
    #expect(testHash.hash(empty.span) == 0xabac_0158_050f_c4dc)
  }

  @Test
  func `every byte and every length counts`() {
    var seen: Set<UInt64> = []
    for count in 0..<40 {
      var bytes = Array(repeating: UInt8(7), count: count)
      seen.insert(testHash.hash(bytes.span))
      for index in 0..<count {
        bytes[index] = 8
        seen.insert(testHash.hash(bytes.span))
        bytes[index] = 7
      }
    }
    #expect(seen.count == 40 + (0..<40).reduce(0, +))
  }

  @Test
  func `another key is another hash`() {
    let bytes = Array("text".utf8)
    #expect(testHash.hash(bytes.span) != SipHash(key0: 1, key1: 2).hash(bytes.span))
    let (high, low) = testHash.hash128(bytes.span)
    #expect(high != low)
  }
}
