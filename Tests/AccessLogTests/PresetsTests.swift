import Testing

@testable import AccessLog

struct PresetsTests {
  @Test(arguments: Presets.all.map(\.name))
  func `every preset compiles`(name: String) throws {
    let preset = try #require(Presets.preset(named: name))
    _ = try preset.reader(referenceDay: preset.samples.first?.description.referenceDay)
  }

  @Test
  func `every preset has a name of its own, a page, and samples if it is JSON`() {
    #expect(Set(Presets.all.map(\.name)).count == Presets.all.count)
    for preset in Presets.all {
      #expect(preset.documentation.hasPrefix("https://"), "\(preset.name)")
      #expect(preset.formatName != "json" || !preset.samples.isEmpty, "\(preset.name)")
    }
  }

  @Test
  func `a name that is none is answered with the nearest`() {
    let fault = #expect(throws: FormatFault.self) { try Presets.required("combind") }
    #expect(fault?.suggestion == "combined")
  }

  @Test
  func `an identity of the user takes the place of the preset's own`() throws {
    let preset = try Presets.required("kong-file-log")
    let identity = [IdentityField(field: "request.headers.x-api-key", isSecret: true)]
    #expect(preset.description(identity: identity).identity == identity)
    #expect(preset.description(identity: nil).identity.first?.field == "consumer.username")
  }
}

struct PresetFitTests {
  private func best(_ lines: [String]) -> String? {
    PresetFit.best(for: Array(lines.joined(separator: "\n").utf8))?.preset.name
  }

  @Test
  func `text formats are told apart`() {
    #expect(best([combinedLine, combinedLine]) == "combined")
    #expect(best([combinedLine + #" "-""#, combinedLine + #" "10.0.0.1""#]) == "main")
    #expect(
      best([
        String(combinedLine.prefix { $0 != "-" })
          + #"- - [21/Nov/2026:19:51:49 +0000] "GET / HTTP/1.1" 200 12"#
      ]) == "common")
    #expect(best(["api:443 " + combinedLine]) == "vhost-combined")
  }

  @Test
  func `a key where an address belongs does not fit`() {
    for key in ["k-77-Zq9pL2", "sk_live_9f8e7d6c5b4a", "Bearer abc", "0123456789abcdef"] {
      #expect(best([combinedLine + " \"\(key)\"", combinedLine + " \"\(key)\""]) == "combined")
    }
    #expect(best([combinedLine + #" "10.0.0.1, [2001:db8::7]:443, unknown""#]) == "main")
    #expect(best([combinedLine.replacing("127.0.0.1", with: "crawl.example.test")]) == "combined")
  }

  @Test(arguments: Presets.all.filter { !$0.samples.isEmpty }.map(\.name))
  func `samples fit their own preset`(name: String) throws {
    let lines = try #require(Presets.preset(named: name)).samples.map(\.line)
    let fit = try #require(PresetFit.best(for: Array(lines.joined(separator: "\n").utf8)))
    #expect(fit.preset.name == name)
    #expect(fit.share == 1)
  }

  @Test
  func `a log that names its columns is read by them`() throws {
    let columns = "#Fields: date time cs-uri-stem c-ip cs-method sc-status"
    let line = "2026-11-21 19:51:49 /a 192.0.2.7 GET 200"
    let fit = try #require(PresetFit.best(for: Array("\(columns)\n\(line)\n".utf8)))
    #expect(fit.preset.name == "w3c" && fit.share == 1)
    #expect(fit.preset.description.template == columns)
    let record = try parse(Array(line.utf8), "w3c", fit.preset.description).first()
    #expect(record.address == "192.0.2.7" && record.path == "/a")
  }

  @Test
  func `a log of something else fits nothing`() {
    #expect(best(["2025/01/03 16:41:26 [error] 31#31: *3 open() failed", "kernel: x"]) == nil)
    #expect(best([""]) == nil)
  }

  @Test
  func `a few broken lines lower the share and change nothing`() throws {
    let lines = [combinedLine, "broken", "", combinedLine, combinedLine]
    let fit = try #require(PresetFit.best(for: Array(lines.joined(separator: "\n").utf8)))
    #expect(fit.preset.name == "combined")
    #expect(fit.share > 0.6 && fit.share < 1)
  }

  @Test(arguments: Presets.all.map(\.name))
  func `every preset says what to write to the gateway`(name: String) throws {
    #expect(try #require(Presets.preset(named: name)).setting?.isEmpty == false)
  }
}
