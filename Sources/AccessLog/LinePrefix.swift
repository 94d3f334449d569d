/// What others put in front of a gateway's line: syslog, in both of its forms, the container
/// runtimes of Kubernetes, and the exports of CloudWatch.
enum LinePrefix {
  /// Where the gateway's own text begins; `nil` where the line has no such prefix.
  static func end(in line: Span<UInt8>) -> Int? {
    let start = endOfPriority(line)
    if let stamp = endOfBSDStamp(line, start) { return endOfTag(line, stamp) }
    if start > 0, start < line.count, line[start].isDigit,
      line.has(" ", at: start + 1, end: line.count)
    {
      return endOfHeader5424(line, start + 2)
    }
    guard let stamp = endOfISOStamp(line, start) else { return nil }
    return endOfStream(line, stamp) ?? endOfTag(line, stamp) ?? stamp
  }

  /// `<134>`, or nothing.
  private static func endOfPriority(_ line: Span<UInt8>) -> Int {
    guard line.count > 2, line[0] == UInt8(ascii: "<") else { return 0 }
    var at = 1
    while at < min(line.count, 5), line[at].isDigit { at += 1 }
    return at > 1 && at < line.count && line[at] == UInt8(ascii: ">") ? at + 1 : 0
  }

  /// `Dec  9 13:01:26 ` of RFC 3164, which has no year.
  private static func endOfBSDStamp(_ line: Span<UInt8>, _ start: Int) -> Int? {
    guard start + 16 <= line.count, TimeStamps.month(line, at: start) > 0,
      line[start + 3] == ASCII.space, line[start + 5].isDigit, line[start + 6] == ASCII.space,
      TimeStamps.timeOfDay(line, at: start + 7) != nil, line[start + 15] == ASCII.space
    else { return nil }
    return start + 16
  }

  /// `2015-08-26T02:09:48.123+02:00 `
  private static func endOfISOStamp(_ line: Span<UInt8>, _ start: Int) -> Int? {
    guard start + 20 <= line.count, line[start + 10] | 0x20 == UInt8(ascii: "t"),
      let space = line.firstIndex(of: ASCII.space, in: start..<min(line.count, start + 40)),
      TimeStamps.rfc3339(line.extracting(start..<space)) != nil
    else { return nil }
    return space + 1
  }

  /// `stdout F `, as container runtimes write it.
  private static func endOfStream(_ line: Span<UInt8>, _ start: Int) -> Int? {
    guard
      line.has("stdout ", at: start, end: line.count)
        || line.has("stderr ", at: start, end: line.count),
      start + 9 <= line.count, line[start + 8] == ASCII.space
    else { return nil }
    return start + 9
  }

  /// `host haproxy[28029]: `; some senders leave out the host, and journald the tag's number.
  private static func endOfTag(_ line: Span<UInt8>, _ start: Int) -> Int? {
    var at = start
    for _ in 0..<2 {
      guard at < line.count,
        let space = line.firstIndex(of: ASCII.space, in: at..<min(line.count, at + 256)),
        space > at
      else { return nil }
      if line[space - 1] == ASCII.colon { return space + 1 }
      at = space + 1
    }
    return nil
  }

  /// `2024-01-06T06:50:51Z host app 58525 - [id key="value"] ` of RFC 5424, behind its version.
  private static func endOfHeader5424(_ line: Span<UInt8>, _ start: Int) -> Int? {
    var at = start
    // Stamp, host, application, process and message.
    for _ in 0..<5 {
      guard at < line.count, let space = line.firstIndex(of: ASCII.space, from: at) else {
        return nil
      }
      at = space + 1
    }
    while at < line.count, line[at] == UInt8(ascii: "[") {
      guard let end = line.firstIndex(of: UInt8(ascii: "]"), from: at) else { return nil }
      at = end + 1
    }
    if at < line.count, line[at] == ASCII.dash { at += 1 }
    guard at < line.count, line[at] == ASCII.space else { return nil }
    // The message may begin with the mark of UTF-8.
    return line.has("\u{feff}", at: at + 1, end: line.count) ? at + 4 : at + 1
  }
}
