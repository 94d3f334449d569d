import AccessLog
import Detection
import Testing

@testable import AlertStore

@Suite struct StoredPictureTests {
  private let picture = AlertPicture(
    windows: [.init(count: 28, low: 12.5, high: 33.125), .init(count: 81, low: 0, high: 26)],
    windowMilliseconds: 300_000, startedAt: EventTime(seconds: 1_773_911_100), judgedCount: 1)

  @Test func `a picture comes back from the database as it was`() throws {
    let folder = try StoreFolder()
    let store = try folder.open()
    var alert = Alert.full()
    alert.picture = picture
    try store.write(StoreBatch(alerts: [alert]))
    #expect(try store.write(StoreBatch(alerts: [alert])).isEmpty)
    try store.close()
    let read = try AlertReader.open(path: folder.path).alerts().first
    #expect(read?.picture == picture)
  }

  private static let damaged = [
    "", "{}", "null", #"{"start":0,"window":0,"judged":0,"bars":[[1,2,3]]}"#,
    #"{"start":0,"window":1,"judged":0,"bars":[]}"#,
    #"{"start":0,"window":1,"judged":2,"bars":[[1,2,3]]}"#,
    #"{"start":0,"window":1,"judged":1,"bars":[[1,2]]}"#,
    #"{"start":0,"window":1,"judged":1,"bars":[[-1,2,3]]}"#,
    #"{"start":9000000000000000000,"window":1,"judged":1,"bars":[[1,2,3]]}"#,
  ]

  @Test(arguments: damaged)
  func `what somebody made of the column draws nothing`(text: String) {
    #expect(StoredPicture.picture(text) == nil)
  }

  @Test func `what is no number is not kept`() {
    var picture = picture
    picture.windows[0].high = .infinity
    #expect(StoredPicture.text(picture) == nil)
  }
}
