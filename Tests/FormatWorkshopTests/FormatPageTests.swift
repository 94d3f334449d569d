import AccessLog
import Foundation
import Testing

@testable import FormatWorkshop

struct FormatPageTests {
  /// `UPDATE_FORMATS=1` writes the page anew, to be looked at.
  @Test func `the page of formats says what the code does`() throws {
    let page = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Documentation/FORMATS.md")
    if ProcessInfo.processInfo.environment["UPDATE_FORMATS"] != nil {
      try Data(FormatPage.text.utf8).write(to: page)
    }
    let written = try String(contentsOf: page, encoding: .utf8)
    #expect(written == FormatPage.text, "UPDATE_FORMATS=1 swift test --filter FormatPageTests")
  }

  @Test func `every format and preset is listed and can be shown`() throws {
    let list = FormatPage.list.map(\.name)
    let names = RecordFormats.all.map { $0.name } + Presets.all.map(\.name)
    #expect(list == names)
    for name in names {
      #expect(try FormatPage.section(named: name).hasPrefix("## `\(name)`"))
    }
    #expect(throws: FormatFault.self) { try FormatPage.section(named: "ngnix") }
  }

  @Test func `a preset tells its stamp, its caller, its setting and a line`() throws {
    let text = try FormatPage.section(named: "kong-file-log")
    for part in [
      "The stamp is the start", "`consumer.username`, then", "reopen: true", "\"started_at\"",
      "throttled", "https://",
    ] {
      #expect(text.contains(part), "\(part)")
    }
    #expect(try FormatPage.section(named: "gcp-endpoints").contains("a secret"))
  }
}
