import Testing

@Suite struct SourceTextTests {
  @Test(arguments: [
    ("import Foundation", "Foundation", false), ("public import AccessLog", "AccessLog", true),
    ("@preconcurrency import GRDB", "GRDB", false), ("package import GRDB", "GRDB", true),
    ("internal import struct Foundation.Date", "Foundation", false),
    ("  import Glibc", "Glibc", false),
  ])
  func `an import is seen`(text: String, module: String, isExposed: Bool) {
    let imports = source(text).imports
    #expect(imports == [SourceText.Import(module: module, isExposed: isExposed)])
  }

  @Test func `an import in a comment is none`() {
    #expect(source("// import Foundation\n/* import Glibc */\nlet important = 1").imports.isEmpty)
  }

  @Test(arguments: [
    ("/// Text.\npublic struct A: B {\n}\nenum C {}", ["A", "C"]), ("extension A.B {\n}", ["A"]),
    ("import X\n\npackage final class A {", ["A"]), ("@main\nstruct A {", ["A"]),
    ("@frozen public enum A {", ["A"]), ("let x = 1\n", []), ("  struct Inner {}\n", []),
  ])
  func `the types of a file are`(text: String, names: [String]) {
    #expect(source(text).types == names)
  }

  @Test(arguments: [
    ("let d = Date()", ["Date"]), ("x.shuffled()", ["shuffled"]),
    ("Int.random(in: r)", [".random"]),
    ("Task { await x }", ["Task", "await"]), ("// Hasher will not do", []),
    ("let updated = randomised", []), ("var hasher = Hasher()", ["Hasher()"]),
    ("func hash(into h: inout Hasher) {", []), ("a.await", ["await"]),
  ])
  func `impure words are`(text: String, words: [String]) {
    #expect(source(text).impureWords == words)
  }

  @Test(arguments: [
    "var d: [Int: String] = [:]\nfor (key, value) in d {", "let d = Set<Int>()\nfor x in d {",
    "var d: Set<Int>\nfor x in self.d where x > 1 {", "var d: [A: B]\nd.values.map { $0 }",
    "var d: [A: B]\nd.forEach { f($0) }", "var d: [A: [B]] = [:]\nfor x in d.keys {",
  ])
  func `a walk through a dictionary is seen`(text: String) {
    #expect(source(text).walkedDictionaries == ["d"])
  }

  @Test(arguments: [
    "var d: [Int: String] = [:]\nfor key in d.keys.sorted() {", "var d: [Int]\nfor x in d {",
    "var d: [A: B]\nif let x = d[key] { d.removeAll() }", "let d = [1, 2]\nd.map { $0 }",
    "let d: [(a: Int, b: Int)] = []\nfor x in d {",
    "var d: [A: B]\nfor x in dates {",
  ])
  func `a look-up or a sorted walk is none`(text: String) {
    #expect(source(text).walkedDictionaries.isEmpty)
  }

  private func source(_ text: String) -> SourceText {
    SourceText(path: "Sources/X/A.swift", text: text)
  }
}
