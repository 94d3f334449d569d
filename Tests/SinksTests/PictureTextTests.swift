import AccessLog
import Detection
import Terminal
import Testing

@testable import Sinks

@Suite struct PictureTextTests {
  private static let picture = AlertPicture(
    windows: ([4, 5, 3, 40] as [Double]).map { .init(count: $0, low: 1, high: 10) },
    windowMilliseconds: 300_000, startedAt: EventTime(seconds: 1_795_251_600), judgedCount: 1)

  @Test func `counts stand over the edge of their band, on one scale`() {
    #expect(
      PictureText(Self.picture).lines(columns: nil) == [
        "▁▁▁█  5 min a bar from 09:00Z; the highest 40",
        "▂▂▂▂  usual at the end: 1 to 10",
      ])
  }

  @Test func `a fall is shown over the lower edge`() {
    var picture = Self.picture
    picture.windows = [.init(count: 8, low: 4, high: 16), .init(count: 0, low: 4, high: 16)]
    #expect(
      PictureText(picture).lines(columns: nil) == [
        "█·  5 min a bar from 09:00Z; the highest 8", "▄▄  usual at the end: 4 to 16",
      ])
  }

  @Test func `small numbers keep a decimal, and a band from nothing is an upper limit`() {
    var picture = Self.picture
    picture.windows = [.init(count: 3, low: 0, high: 1.25)]
    #expect(PictureText(picture).lines(columns: nil)[1].hasSuffix("usual at the end: at most 1.3"))
  }

  @Test(arguments: 1...60)
  func `it fits the screen, the newest bar always shown`(columns: Int) {
    let lines = PictureText(Self.picture).lines(columns: columns)
    for line in lines { #expect(DisplayWidth.of(line) <= columns) }
    #expect(lines[0].contains("█"))
  }

  @Test func `seconds are told where bars are shorter than minutes`() {
    var picture = Self.picture
    picture.windowMilliseconds = 3000
    #expect(PictureText(picture).lines(columns: nil)[0].contains("3 s a bar from 09:00:00Z"))
  }

  @Test func `colour marks what is outside of the band`() {
    let line = PictureText(Self.picture).lines(columns: nil, isColored: true)[0]
    #expect(line.hasPrefix("▁▁▁\u{1B}[31m█\u{1B}[0m  5 min"))
  }
}
