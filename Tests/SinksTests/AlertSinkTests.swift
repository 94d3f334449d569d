import Testing

@testable import Sinks

@Suite struct AlertSinkTests {
  @Test func `every sink has a name of its own, and the list is sorted by it`() {
    let names = AlertSinks.all.map { $0.name }
    #expect(names == Set(names).sorted())
    #expect(names.allSatisfy { !$0.isEmpty })
  }
}
