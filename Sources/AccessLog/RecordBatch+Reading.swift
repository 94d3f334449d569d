extension RecordBatch {
  /// The times of the records, in their order.
  public var times: [EventTime] { time.map(EventTime.init(milliseconds:)) }
}

extension RecordBatch.Malformed {
  /// Where in the block the line begins.
  public var offset: Int64 { Int64(line.isAbsent ? 0 : line.start) }
}
