/// How old a log file is among its siblings, read from its name: `access.log` is live,
/// `access.log.2.gz` older than `access.log.1`, `access.log-20251219` older than
/// `access.log-20251220`. Compares as age does: the live log is least.
public struct Rotation: Hashable, Comparable, Sendable {
  public static let live = Rotation(age: 0)
  /// Of a file that is no log of today, whatever its name.
  static let archived = Rotation(age: .max - 1)
  /// Of a file that has no name any more.
  static let gone = Rotation(age: .max)

  /// Rotations by number count from 1; dates count down from far above all numbers, so that in
  /// a mixed folder a dated file is older than a numbered one.
  private let age: Int64

  private static let ageOfYearZero: Int64 = 1_000_000_000_000_000_000
  private static let ageOfEpochZero: Int64 = 500_000_000_000_000_000
  private static let numberDigitCountMax = 6

  private init(age: Int64) { self.age = age }

  public init(path: String) {
    let name = path.utf8.split(separator: UInt8(ascii: "/")).last.map(Array.init) ?? []
    age = Self.ageByDate(name) ?? Self.ageByEpoch(name) ?? Self.ageByNumber(name) ?? 0
  }

  public static func < (a: Rotation, b: Rotation) -> Bool { a.age < b.age }

  /// `access.log.1763683200`, as Apache's rotatelogs names them: seconds since 1970, or
  /// milliseconds, microseconds, nanoseconds.
  private static func ageByEpoch(_ name: [UInt8]) -> Int64? {
    for part in name.split(separator: UInt8(ascii: ".")).dropFirst().reversed() {
      if [10, 13, 16, 19].contains(part.count), part.allSatisfy(isDigit),
        let seconds = number(part.prefix(10))
      {
        return ageOfEpochZero - seconds * 1000 - (number(part.dropFirst(10).prefix(3)) ?? 0)
      }
      if !endings.contains(String(decoding: part, as: UTF8.self)) { return nil }
    }
    return nil
  }

  /// `.12` at the end, or before endings such as `.gz` and `.log`.
  private static func ageByNumber(_ name: [UInt8]) -> Int64? {
    for part in name.split(separator: UInt8(ascii: ".")).dropFirst().reversed() {
      if part.count <= numberDigitCountMax, let number = number(part) {
        // Some count from 0, which is no live log either.
        return number + 1
      }
      if !endings.contains(String(decoding: part, as: UTF8.self)) { return nil }
    }
    return nil
  }

  private static let endings: Set<String> = [
    "gz", "zst", "zstd", "bz2", "xz", "lz4", "z", "Z", "log", "txt", "json", "jsonl",
  ]

  /// A date with or without separators, then a time, a counter or an epoch if there is one. Of
  /// two files of one day the greater of those is newer.
  private static func ageByDate(_ name: [UInt8]) -> Int64? {
    for start in name.indices where start == 0 || !isDigit(name[start - 1]) {
      guard let (date, end) = date(name, at: start) else { continue }
      return ageOfYearZero - date * 10_000_000_000 - time(name, from: end)
    }
    return nil
  }

  private static func date(_ name: [UInt8], at start: Int) -> (date: Int64, end: Int)? {
    var offset = start
    guard let year = digits(4, of: name, at: &offset), (1990...2100).contains(year),
      let month = digits(2, of: name, at: &offset), (1...12).contains(month),
      let day = digits(2, of: name, at: &offset), (1...31).contains(day)
    else { return nil }
    return (year * 10_000 + month * 100 + day, offset)
  }

  /// Takes `count` digits behind at most one separator, and moves `offset` behind them.
  private static func digits(_ count: Int, of name: [UInt8], at offset: inout Int) -> Int64? {
    var start = offset
    if count == 2, start < name.count, isSeparator(name[start]) { start += 1 }
    guard start + count <= name.count, let number = number(name[start..<start + count]) else {
      return nil
    }
    offset = start + count
    return number
  }

  /// Up to ten digits, separators between them left out, as one number.
  private static func time(_ name: [UInt8], from start: Int) -> Int64 {
    var digits: [UInt8] = []
    for byte in name[start...] {
      if isDigit(byte) {
        digits.append(byte)
      } else if !isSeparator(byte) && byte != UInt8(ascii: "T") {
        break
      }
      if digits.count == 10 { break }
    }
    return number(digits[...]) ?? 0
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  private static func isSeparator(_ byte: UInt8) -> Bool { "-_.:".utf8.contains(byte) }

  private static func number(_ digits: ArraySlice<UInt8>) -> Int64? {
    guard !digits.isEmpty && digits.count <= 18 && digits.allSatisfy(isDigit) else { return nil }
    return digits.reduce(0) { $0 * 10 + Int64($1 - UInt8(ascii: "0")) }
  }
}
