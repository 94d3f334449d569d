import Testing

@testable import AccessLog

struct SpellingTests {
  @Test(
    arguments: [
      ("combind", "combined"), ("man", "main"), ("xyzzyx", nil), ("caddi", "caddy"),
      ("", nil), ("comon", "common"), ("%ZZ", nil),
    ] as [(String, String?)])
  func `a slip finds the word that was meant`(word: String, nearest: String?) {
    let candidates = ["combined", "common", "main", "caddy"]
    #expect(Spelling.nearest(word, among: candidates) == nearest)
  }
}
