import AccessLog
import Detection
import Foundation

/// The picture of an alert as the text of a column: some 1 kB, as a picture has a bounded number
/// of windows.
///
///     {"start":1773911100000,"window":300000,"judged":6,"bars":[[28,12,33],[81,12,33]]}
///
/// A bar is a count, and the band of what is usual.
enum StoredPicture {
  /// `nil` where a number is none that JSON can hold.
  static func text(_ picture: AlertPicture) -> String? {
    guard picture.windows.allSatisfy({ ($0.count + $0.low + $0.high).isFinite }) else { return nil }
    var bytes = Array("{\"start\":".utf8)
    JSONText.append(picture.startedAt.milliseconds, to: &bytes)
    bytes += ",\"window\":".utf8
    JSONText.append(picture.windowMilliseconds, to: &bytes)
    bytes += ",\"judged\":".utf8
    JSONText.append(Int64(picture.judgedCount), to: &bytes)
    bytes += ",\"bars\":[".utf8
    for (index, window) in picture.windows.enumerated() {
      bytes += (index > 0 ? ",[" : "[").utf8
      JSONText.append(window.count, to: &bytes)
      bytes += ",".utf8
      JSONText.append(window.low, to: &bytes)
      bytes += ",".utf8
      JSONText.append(window.high, to: &bytes)
      bytes += "]".utf8
    }
    return String(decoding: bytes + "]}".utf8, as: UTF8.self)
  }

  private struct Form: Decodable {
    var start: Int64
    var window: Int64
    var judged: Int
    var bars: [[Double]]
  }

  /// `nil` where the text is not one of ours, as in a database that somebody edited.
  static func picture(_ text: String) -> AlertPicture? {
    guard let form = try? JSONDecoder().decode(Form.self, from: Data(text.utf8)),
      (1...AlertPicture.windowCountMax).contains(form.bars.count), form.window > 0,
      form.start.magnitude < 1 << 60, form.window < 1 << 40,
      (0...form.bars.count).contains(form.judged),
      form.bars.allSatisfy({ $0.count == 3 && $0.allSatisfy { $0.isFinite && $0 >= 0 } })
    else { return nil }
    return AlertPicture(
      windows: form.bars.map { AlertPicture.Window(count: $0[0], low: $0[1], high: $0[2]) },
      windowMilliseconds: form.window, startedAt: EventTime(milliseconds: form.start),
      judgedCount: form.judged)
  }
}
