import Testing

@testable import RuleFiles

@Suite struct CSVReaderTests {
  private static func rows(_ text: String) throws -> [[String]] {
    var reader = CSVReader(Array(text.utf8))
    var rows: [[String]] = []
    while try reader.next() { rows.append((0..<reader.fieldCount).map { reader.text($0) }) }
    return rows
  }

  @Test(arguments: [
    ("a,b\nc,d\n", [["a", "b"], ["c", "d"]]), ("a,b\r\nc,d", [["a", "b"], ["c", "d"]]),
    ("a\rb\r", [["a"], ["b"]]), ("\u{feff}a,b", [["a", "b"]]), ("", []), ("\n\n\r\n", []),
    ("a,,\n,,b\n", [["a", "", ""], ["", "", "b"]]), ("a,", [["a", ""]]), (",", [["", ""]]),
    ("\"a,b\",c", [["a,b", "c"]]), ("\"a\nb\",c\nd,e", [["a\nb", "c"], ["d", "e"]]),
    ("\"a\"\"b\"\"\",\"\"\"\"", [["a\"b\"", "\""]]), ("\"\",x", [["", "x"]]),
    ("a\"b,c", [["a\"b", "c"]]), ("a\n\nb", [["a"], ["b"]]), ("é,ü", [["é", "ü"]]),
    ("a,\"\"\n", [["a", ""]]),
  ])
  func `rows and fields`(text: String, rows: [[String]]) throws {
    #expect(try Self.rows(text) == rows)
  }

  @Test(arguments: [("\"a", 1), ("a\n\"b\nc\nd", 2), ("a\n\n\"b\" c", 3), ("\"a\"\"", 1)])
  func `a broken quote is a fault of its row`(text: String, line: Int) {
    var reader = CSVReader(Array(text.utf8))
    do {
      while try reader.next() {}
      Issue.record("no fault")
    } catch {
      #expect(reader.line == line)
    }
  }

  @Test func `lines and columns are counted`() throws {
    var reader = CSVReader(Array("a,b\n\"x\ny\",z\n\nü,\"v\",w\n".utf8))
    var places: [[Int]] = []
    while try reader.next() {
      places.append([reader.line] + (0..<reader.fieldCount).map { reader.column(of: $0) })
    }
    #expect(places == [[1, 1, 3], [2, 2, 1], [5, 1, 4, 7]])
  }

  @Test func `what was written is read again`() throws {
    let seed = UInt64.random(in: 0 ... .max)
    var random = SplitMix(seed: seed)
    let letters = Array("ab,\"\n\ré ")
    for _ in 0..<500 {
      let rows = (0..<Int.random(in: 1...4, using: &random)).map { _ in
        (0..<Int.random(in: 2...4, using: &random)).map { _ in
          String(
            (0..<Int.random(in: 0...4, using: &random)).map { _ in
              letters.randomElement(using: &random) ?? "a"
            })
        }
      }
      let text = rows.map { row in
        row.map { "\"\($0.replacing("\"", with: "\"\""))\"" }.joined(separator: ",")
      }.joined(separator: "\r\n")
      #expect(try Self.rows(text) == rows, "seed \(seed)")
    }
  }
}
