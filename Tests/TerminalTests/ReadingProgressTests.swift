import AccessLog
import Testing

@testable import Terminal

@Suite struct ReadingProgressTests {
  private static let half = ReadingProgress(
    bytesRead: 500_000_000, byteCount: 1_000_000_000, lineCount: 6_123_456,
    time: EventTime(seconds: 1_795_251_600), milliseconds: 10_000)

  private func text(_ progress: ReadingProgress) -> String {
    progress.parts.map(\.text).joined(separator: " | ")
  }

  @Test func `half of the logs is read`() {
    #expect(
      text(Self.half)
        == "50 % | 500 MB of 1.0 GB | 6.1 M lines, 612 k/s | 2026-11-21 09:00Z | 10 s left")
  }

  @Test func `all of it fits a narrow window`() {
    let progress = ReadingProgress(
      bytesRead: 123_456_789_012, byteCount: 876_543_210_987, lineCount: 8_251_014,
      time: EventTime(seconds: 1_795_290_709), milliseconds: 37_000)
    #expect(progress.parts.count == 5)
    #expect(
      ProgressLine.fitted(progress.parts, columns: 79)
        == ProgressLine.fitted(
          progress.parts, columns: 1000))
  }

  @Test func `of a pipe the end is not known`() {
    var progress = Self.half
    progress.byteCount = nil
    #expect(
      text(progress)
        == "500 MB | 6.1 M lines, 612 k/s | 2026-11-21 09:00Z")
  }

  @Test func `nothing is guessed from nothing`() {
    let progress = ReadingProgress(
      bytesRead: 0, byteCount: 10, lineCount: 0, time: nil, milliseconds: 0)
    #expect(text(progress) == "0 % | 0 of 10 bytes | 0 lines, 0/s")
    #expect(
      ReadingProgress(
        bytesRead: 5, byteCount: 0, lineCount: 1, time: nil, milliseconds: 9000
      ).parts.count == 2)
  }

  @Test(arguments: [-5, 0, 1, 1500, Int64.max / 200])
  func `whatever a file that grows reports, the line holds`(bytes: Int64) {
    var progress = Self.half
    progress.bytesRead = bytes
    progress.byteCount = 1000
    #expect(!progress.parts.isEmpty)
    #expect(text(progress).contains(bytes >= 1000 ? "100 %" : " %"))
  }
}
