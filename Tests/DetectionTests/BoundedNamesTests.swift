import Testing

@testable import AccessLog
@testable import Detection

@Suite struct BoundedNamesTests {
  @Test func `names are kept apart up to the bound, and then are others`() {
    var names = BoundedNames(hash: TestBench.hash, countMax: 3)
    func index(_ text: String) -> UInt32 {
      let bytes = Array(text.utf8)
      return names.index(for: bytes.span)
    }
    let a = index("a")
    let b = index("b")
    #expect(a != b && a != BoundedNames.other && names[a] == "a")
    #expect(index("c") == BoundedNames.other && index("d") == BoundedNames.other)
    #expect(index("a") == a && names.refusedCount == 2)
    #expect(names[BoundedNames.other] == "(other)")
    // A client that sends this text is one of the others.
    #expect(index("(other)") == BoundedNames.other)
  }
}
