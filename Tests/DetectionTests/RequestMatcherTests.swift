import Testing

@testable import Detection

@Suite struct RequestMatcherTests {
  @Test(arguments: [
    ("/v*/orders", "/v1/orders", true), ("/v*/orders", "/v1/orders/", false),
    ("/v*/orders", "/v1/orders/7", false), ("/v*/orders", "/orders", false),
    ("/v*/orders", "/v/orders", true), ("/v*/**", "/v1", true), ("/v*/**", "/v1/a/b/c", true),
    ("/v*/**", "/x1/a", false), ("/**", "/", true), ("/**", "", true), ("/**", "/a/b", true),
    ("/*", "/a", true), ("/*", "/", false), ("/*", "/a/b", false), ("/a/**/z", "/a/z", true),
    ("/a/**/z", "/a/b/c/z", true), ("/a/**/z", "/a/z/b", false), ("/a/**/b/**/c", "/a/b/c", true),
    ("/a/**/b/**/c", "/a/x/b/y/b/c", true), ("/a/**/b/**/c", "/a/c/b", false),
    ("/orders/{id}", "/orders/77", true), ("/orders/{id}", "/orders/{id}", true),
    ("/orders/{id}", "/orders/", false), ("/a*b*c", "/axxbxxc", true), ("/a*b*c", "/axxbxx", false),
    ("/a*b*c", "/abbbc", true), ("/a*", "/a/b", false), ("/A", "/a", false),
    ("/é*", "/éa", true), ("/", "/", true), ("/", "/a", false), ("/a//b", "/a//b", true),
    ("/*.json", "/x.json", true), ("/*.json", "/.json", true), ("/*.json", "/x.jso", false),
  ])
  func `a glob matches whole paths`(glob: String, path: String, matches: Bool) {
    #expect(Self.isMatch(PathGlob(glob), path) == matches)
  }

  @Test func `a glob agrees with a slow matcher on random patterns`() {
    let seed = UInt64.random(in: 0 ... .max)
    var random = SplitMix(seed: seed)
    for _ in 0..<600 {
      let glob = Self.path(of: ["a", "b", "*", "**", "a*", "*b", "{x}"], &random)
      let path = Self.path(of: ["a", "b", "ab", "aa"], &random)
      let expected = Self.slowly(
        glob.split(separator: "/")[...], path.split(separator: "/")[...])
      #expect(Self.isMatch(PathGlob(glob), path) == expected, "\(glob) on \(path), seed \(seed)")
    }
  }

  private static func isMatch(_ glob: PathGlob, _ path: String) -> Bool {
    let bytes = Array(path.utf8)
    return glob.matches(bytes.span)
  }

  private static func path(of words: [String], _ random: inout SplitMix) -> String {
    let count = Int.random(in: 1...6, using: &random)
    return (0..<count).map { _ in "/" + (words.randomElement(using: &random) ?? "") }.joined()
  }

  /// Every way to divide the path among the segments of the glob.
  private static func slowly(_ glob: ArraySlice<Substring>, _ path: ArraySlice<Substring>) -> Bool {
    guard let first = glob.first else { return path.isEmpty }
    if first == "**" {
      return (0...path.count).contains { slowly(glob.dropFirst(), path.dropFirst($0)) }
    }
    guard let segment = path.first, fits(first, segment) else { return false }
    return slowly(glob.dropFirst(), path.dropFirst())
  }

  private static func fits(_ pattern: Substring, _ text: Substring) -> Bool {
    if pattern.hasPrefix("{") { return !text.isEmpty }
    guard let first = pattern.first else { return text.isEmpty }
    if first == "*" {
      return (0...text.count).contains { fits(pattern.dropFirst(), text.dropFirst($0)) }
    }
    return text.first == first && fits(pattern.dropFirst(), text.dropFirst())
  }

  @Test func `a hostile pattern takes linear time`() {
    let glob = PathGlob(String(repeating: "/**/a", count: 200) + "/b")
    #expect(!Self.isMatch(glob, String(repeating: "/a", count: 2000)))
    let stars = PathGlob("/" + String(repeating: "a*", count: 200) + "b")
    #expect(!Self.isMatch(stars, "/" + String(repeating: "a", count: 5000)))
  }
}
