import AccessLog
import Testing

@testable import AlertStore

@Suite struct CoverageTableTests {
  private static func span(parsed: Int64, seconds: Int64 = 60, late: Int64 = 0) -> CoverageRow {
    CoverageRow(
      source: "edge", kind: .analysed, startedAt: EventTime(seconds: 0),
      endedAt: EventTime(seconds: seconds), parsed: parsed, late: late)
  }

  @Test(arguments: [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]])
  func `the fuller account of a span stands, whatever the order`(order: [Int]) throws {
    let folder = try StoreFolder()
    let store = try folder.open()
    let accounts = [
      Self.span(parsed: 5, seconds: 90), Self.span(parsed: 7, late: 1), Self.span(parsed: 7),
    ]
    for index in order { try store.write(StoreBatch(coverage: [accounts[index]])) }
    #expect(try store.coverage() == [accounts[1]])
  }

  @Test func `a gap and an analysed span may begin together`() throws {
    let folder = try StoreFolder()
    let store = try folder.open()
    let gap = CoverageRow(
      source: "edge", kind: .gap, startedAt: EventTime(seconds: 0),
      endedAt: EventTime(seconds: 60), reason: "cut off")
    let spans = [Self.span(parsed: 5), gap]
    let changes = try store.write(StoreBatch(coverage: spans))
    #expect(changes.coverage == StoreChanges.Rows(added: 2))
    #expect(try store.coverage() == spans)
    #expect(try store.write(StoreBatch(coverage: spans)).isEmpty)
  }
}
