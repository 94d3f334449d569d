/// Bytes of log lines that wait to be written; numbers are written without a `String`.
public struct LineBuffer: Sendable {
  public private(set) var bytes: [UInt8] = []
  /// The day for which `dayText` was made, and `07/Mar/2026:`.
  private var day = Int.min
  private var dayText: [UInt8] = []

  private static let months: [[UInt8]] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ].map { Array($0.utf8) }

  public init() {}

  public var count: Int { bytes.count }

  public mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

  public mutating func append(_ text: StaticString) {
    bytes.append(
      contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  public mutating func append(_ text: [UInt8]) { bytes.append(contentsOf: text) }

  public mutating func append(decimal value: Int) {
    precondition(value >= 0, "a log holds no number below zero here")
    var divisor = 1
    while value / divisor >= 10 { divisor *= 10 }
    append(decimal: value, divisor: divisor)
  }

  /// With zeros in front, so that `digits` are written.
  public mutating func append(decimal value: Int, digits: Int) {
    var divisor = 1
    for _ in 1..<digits { divisor *= 10 }
    append(decimal: value % (divisor * 10), divisor: divisor)
  }

  /// `07/Mar/2026:09:00:00 +0000`.
  public mutating func append(timeLocal second: Int) {
    let newDay = CivilTime.floor(second, CivilTime.secondsPerDay)
    if newDay != day { startDay(newDay) }
    let rest = second - newDay * CivilTime.secondsPerDay
    bytes.append(contentsOf: dayText)
    append(decimal: rest / 3600, digits: 2)
    append(":")
    append(decimal: rest / 60 % 60, digits: 2)
    append(":")
    append(decimal: rest % 60, digits: 2)
    append(" +0000")
  }

  private mutating func append(decimal value: Int, divisor: Int) {
    var divisor = divisor
    while divisor > 0 {
      bytes.append(UInt8(ascii: "0") + UInt8(value / divisor % 10))
      divisor /= 10
    }
  }

  private mutating func startDay(_ newDay: Int) {
    let date = CivilTime(day: newDay)
    day = newDay
    var text = LineBuffer()
    text.append(decimal: date.dayOfMonth, digits: 2)
    text.append("/")
    text.append(Self.months[date.month - 1])
    text.append("/")
    text.append(decimal: date.year)
    text.append(":")
    dayText = text.bytes
  }
}
