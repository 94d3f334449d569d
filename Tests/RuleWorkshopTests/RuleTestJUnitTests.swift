import Foundation
import FoundationXML
import RuleFiles
import RuleWorkshop
import Testing

@Suite struct RuleTestJUnitTests {
  /// Attributes of an element, by the element's place in the page.
  private final class Elements: NSObject, XMLParserDelegate {
    var all: [(name: String, attributes: [String: String])] = []
    var text = ""

    func parser(
      _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
      qualifiedName: String?, attributes: [String: String]
    ) { all.append((name, attributes)) }

    func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }
  }

  private func elements(_ page: RuleTestJUnit) throws -> Elements {
    let parser = XMLParser(data: Data(page.text.utf8))
    let elements = Elements()
    parser.delegate = elements
    #expect(parser.parse(), "\(page.text)")
    return elements
  }

  private func page(_ yaml: String) throws -> RuleTestJUnit {
    let loaded = try RuleLoader.load([SourceFile(name: "a&b.yaml", text: yaml)])
    let tester = RuleTester(loaded.ruleSet)
    var page = RuleTestJUnit()
    for test in loaded.tests { page.add(tester.outcome(of: test)) }
    page.add(untested: tester.untested(by: loaded.tests))
    return page
  }

  private static let rules = #"""
    rules:
      - id: limit
        title: t
        kind: threshold
        window: 1m
        above: 5
        tests:
          - {name: 'six < "seven"', feed: 6x2, expect: [{window: 0}]}
          - {name: not so, feed: 6x2, expect: none}
      - {id: untested, title: t, kind: threshold, above: 5}
    """#

  @Test func `a test is a case, a failed one has its reasons, and a rule without is skipped`()
    throws
  {
    let found = try elements(try page(Self.rules))
    #expect(
      found.all.map(\.name) == [
        "testsuites", "testsuite", "testcase", "testcase", "failure", "testsuite", "testcase",
        "skipped",
      ])
    let totals = found.all[0].attributes
    #expect(totals["tests"] == "3" && totals["failures"] == "1" && totals["skipped"] == "1")
    let first = found.all[2].attributes
    #expect(first["name"] == #"six < "seven""# && first["classname"] == "limit")
    #expect(first["file"] == "a&b.yaml" && first["line"] == "8")
    #expect(found.all[4].attributes["message"] == "expected no alert at all")
    #expect(found.text.contains("key-1 of supplier sent 6 requests in 1 min; the limit is 5"))
    #expect(found.all[6].attributes["classname"] == "untested")
  }

  @Test func `what XML cannot hold is replaced`() throws {
    let name = #"{name: "bell \a, C1 \x9b, end ]]>", feed: 1, expect: none}"#
    let found = try elements(
      try page("rules: [{id: a, title: t, kind: threshold, above: 5, tests: [\(name)]}]"))
    #expect(found.all[2].attributes["name"] == "bell \u{fffd}, C1 \u{fffd}, end ]]>")
  }
}
