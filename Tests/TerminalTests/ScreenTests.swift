import Foundation
import Testing

@testable import Terminal

@Suite struct ScreenTests {
  @Test(arguments: [
    (["TERM": "xterm"], true, true), (["TERM": "dumb"], false, false), ([:], false, false),
    (["TERM": "xterm", "NO_COLOR": "1"], false, true),
    (["TERM": "xterm", "NO_COLOR": ""], true, true),
  ])
  func `colour is`(environment: [String: String], isColored: Bool, canRedraw: Bool) {
    let screen = Screen(descriptor: 1, isTerminal: true, environment: environment)
    #expect(screen.isColored == isColored)
    #expect(screen.canRedraw == canRedraw)
  }

  @Test func `what is no terminal has neither colour nor width`() {
    let pipe = Pipe()
    let screen = Screen(descriptor: pipe.fileHandleForWriting.fileDescriptor)
    #expect(!screen.isTerminal && !screen.isColored && !screen.canRedraw)
    #expect(screen.columns == nil)
  }
}
