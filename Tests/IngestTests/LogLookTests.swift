import Testing

@testable import Ingest

@Suite struct LogLookTests {
  private let folder = TemporaryFolder()

  private func sizes(_ look: inout LogLook, at now: Int64, matters: Bool) -> [Int64] {
    look.sightings(at: now, matters: { _ in matters }).sorted { $0.path < $1.path }
      .map(\.byteCount)
  }

  @Test func `a file that matters is never seen as it was before`() throws {
    try folder.write("1\n", to: "access.log")
    try folder.write("2\n", to: "access.log.1")
    var look = LogLook([folder.path + "/access.log*"]) { _ in 1 }
    #expect(sizes(&look, at: 0, matters: false) == [2, 2])
    try folder.write("2\n3\n", to: "access.log.1")
    #expect(sizes(&look, at: 1, matters: true) == [2, 4])
  }

  @Test func `what nobody waits for is seen after a while, and what is new at once`() throws {
    try folder.write("1\n", to: "access.log")
    try folder.write("2\n", to: "access.log.1")
    var look = LogLook([folder.path + "/access.log*"]) { _ in 1 }
    #expect(sizes(&look, at: 0, matters: false) == [2, 2])
    try folder.write("2\n3\n", to: "access.log.1")
    #expect(sizes(&look, at: 100_000_000, matters: false) == [2, 4])
    try folder.write("4\n5\n6\n", to: "access.log.2")
    #expect(sizes(&look, at: 100_000_001, matters: false) == [2, 4, 6])
  }
}
