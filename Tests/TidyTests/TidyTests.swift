import Foundation
import Testing

/// What the house promises of its own source and a machine can see.
@Suite struct TidyTests {
  private static let tree = SourceTree.package
  private static let core = ["AccessLog", "Baselines", "Detection", "Pipeline"]

  /// What each module may import of this package; anything is open to the executable.
  private static let arrows: [String: Set<String>] = [
    "AccessLog": [],
    "Baselines": [],
    "Detection": ["AccessLog", "Baselines"],
    "Pipeline": ["AccessLog", "Baselines", "Detection"],
    "ReadPermission": [],
    "Ingest": ["ReadPermission"],
    "RuleFiles": ["AccessLog", "Baselines", "Detection", "ReadPermission"],
    "RuleWorkshop": ["AccessLog", "Baselines", "Detection", "Pipeline", "RuleFiles"],
    "FormatWorkshop": ["AccessLog"],
    "LogSurvey": ["AccessLog", "Detection", "Terminal"],
    "AlertStore": ["AccessLog", "Baselines", "Detection"],
    "Terminal": ["AccessLog", "Baselines", "Detection"],
    "Report": ["AccessLog", "Baselines", "Detection", "ReadPermission", "Terminal"],
    "Sinks": ["AccessLog", "Baselines", "Detection", "AlertStore", "Terminal"],
    "TrafficSimulator": [],
  ]

  private static let topLevel: Set = [
    ".ci", ".gitignore", ".swift-format", "ARCHITECTURE.md", "Documentation", "Fixtures",
    "LICENSE", "Package.swift", "README.md", "Rules", "Sources", "Tests", "systemd",
  ]

  @Test func `the tree is found`() {
    #expect(Self.tree.paths.contains("Package.swift"))
    #expect(Self.tree.files(under: "Sources/AccessLog/", suffix: ".swift").count > 5)
  }

  @Test(arguments: core)
  func `the core imports only the core`(module: String) {
    for file in swift(in: module) {
      for imported in file.imports where !Self.core.contains(imported.module) {
        #expect(
          imported.module == "Glibc" && file.name == "ByteScan.swift",
          "\(file.path) imports \(imported.module)")
      }
    }
  }

  @Test(arguments: arrows.keys.sorted())
  func `arrows between modules go down`(module: String) {
    for file in swift(in: module) {
      let own = file.imports.filter { Self.arrows[$0.module] != nil || $0.module == "tollwatch" }
      for imported in own {
        #expect(
          Self.arrows[module]?.contains(imported.module) == true,
          "\(file.path) imports \(imported.module)")
      }
    }
  }

  @Test(arguments: [("GRDB", "AlertStore"), ("Yams", "RuleFiles")])
  func `a library stays in its module and shows in no interface`(library: String, home: String) {
    for file in Self.tree.files(under: "Sources/", suffix: ".swift") {
      for imported in file.imports where imported.module == library {
        #expect(file.path.hasPrefix("Sources/\(home)/"), "\(file.path) imports \(library)")
        #expect(!imported.isExposed, "\(file.path) exposes \(library)")
      }
    }
  }

  @Test(arguments: core)
  func `unsafe is written in one file of the core`(module: String) {
    for file in swift(in: module) where file.name != "ByteScan.swift" {
      #expect(!file.code.contains(/\bunsafe\b/.wordBoundaryKind(.simple)), "\(file.path)")
    }
  }

  @Test(arguments: core)
  func `the core knows no clock, no chance and no task`(module: String) {
    for file in swift(in: module) {
      #expect(file.impureWords.isEmpty, "\(file.path) uses \(file.impureWords)")
    }
  }

  @Test(arguments: core)
  func `the core looks dictionaries up and never walks them`(module: String) {
    for file in swift(in: module) {
      #expect(file.walkedDictionaries.isEmpty, "\(file.path) walks \(file.walkedDictionaries)")
    }
  }

  @Test func `every source file holds the type it is named after`() {
    for file in Self.tree.files(under: "Sources/", suffix: ".swift") {
      // ByteScan extends spans; it is named after what is written in no other file.
      guard !["ByteScan.swift", "main.swift"].contains(file.name), !file.types.isEmpty else {
        continue
      }
      // `AlertText.swift` may also hold what turns an `Alert` to text, as an extension of it.
      let isNamed = file.types.contains { file.baseName.hasPrefix($0) }
      #expect(isNamed, "\(file.path) holds \(file.types)")
    }
  }

  @Test func `every folder of tests is run`() {
    let package = Self.tree.files(suffix: "Package.swift").first?.text ?? ""
    let folders = Set(
      Self.tree.files(under: "Tests/", suffix: "Tests.swift").map {
        $0.path.split(separator: "/")[1]
      })
    #expect(folders.count > 10)
    for folder in folders.sorted() {
      #expect(package.contains("name: \"\(folder)\""), "\(folder) is no target")
    }
  }

  @Test func `no file is longer than 500 lines`() {
    for file in Self.tree.files(suffix: ".swift") {
      #expect(file.lineCount <= 500, "\(file.path) has \(file.lineCount) lines")
    }
  }

  @Test func `dependencies come from where their authors publish them`() {
    for file in Self.tree.files(suffix: "Package.swift") {
      for match in file.text.matches(of: /url:\s*"([^"]*)"/) {
        #expect(match.1.hasPrefix("https://github.com/"), "\(file.path) names \(match.1)")
      }
    }
    #expect(!Self.tree.paths.contains("Package.resolved"))
  }

  @Test func `no file names a place on the machine that wrote it`() {
    // Put together here, so that this file does not hold them.
    let places = ["work", "root"].map { "/\($0)/" } + ["/tmp" + "/tw"]
    for file in Self.tree.files() {
      for place in places {
        let hit = file.text.range(
          of: #"(?<![\w.*}~])"# + NSRegularExpression.escapedPattern(for: place),
          options: .regularExpression)
        #expect(hit == nil, "\(file.path) names \(place)")
      }
    }
  }

  @Test func `the top level holds what the house allows`() {
    let names = Set(Self.tree.paths.compactMap { $0.split(separator: "/").first.map(String.init) })
    #expect(names.subtracting(Self.topLevel).isEmpty)
  }

  @Test(arguments: tree.folders(in: "Fixtures"))
  func `a fixture is whole`(folder: String) {
    for name in ["README.md", "registry.yaml", "rules.yaml", "expected.jsonl"] {
      let path = "Fixtures/\(folder)/\(name)"
      #expect(Self.tree.paths.contains(path), "\(path) is missing")
    }
  }

  @Test func `a shipped rule says why and brings its tests`() {
    for file in Self.tree.files(under: "Rules/", suffix: ".yaml") {
      #expect(file.text.contains(/(?m)^\s*(?:- )?why:\s*\S/), "\(file.path) does not say why")
      #expect(file.text.contains(/(?m)^\s*(?:- )?tests:/), "\(file.path) has no tests")
    }
  }

  private func swift(in module: String) -> [SourceText] {
    Self.tree.files(under: "Sources/\(module)/", suffix: ".swift")
  }
}
