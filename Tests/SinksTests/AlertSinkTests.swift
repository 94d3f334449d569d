import Detection
import Foundation
import Testing

@testable import Sinks

@Suite struct AlertSinkTests {
  @Test func `every sink has a name of its own, and the list is sorted by it`() {
    let names = AlertSinks.all.map { $0.name }
    #expect(names == Set(names).sorted())
    #expect(names.allSatisfy { !$0.isEmpty })
  }

  @Test func `a sink is used through the protocol alone`() async throws {
    let pipe = Pipe()
    var sinks: [any AlertSink] = [
      StandardOutput(.jsonLines, descriptor: pipe.fileHandleForWriting.fileDescriptor)
    ]
    for index in sinks.indices {
      try await sinks[index].deliver([.sample()])
      try await sinks[index].flush()
    }
    try pipe.fileHandleForWriting.close()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    #expect(String(decoding: data, as: UTF8.self) == Alert.sample().jsonLine)
    #expect(sinks[0].counts.delivered == 1)
  }
}
