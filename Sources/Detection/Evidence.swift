import AccessLog

enum Evidence {
  static func line(
    _ batch: borrowing RecordBatch, _ index: Int, source: String, standIn: String, hash: SipHash
  ) -> EvidenceLine {
    let range = batch.line[index]
    let (high, low) = batch.withText(range) { hash.hash128($0) }
    return EvidenceLine(
      source: source, line: "?", lineHash: Hexadecimal.text(high) + Hexadecimal.text(low),
      segmentIndex: batch.segmentIndex, offset: batch.startOffset + Int64(range.start),
      isUnverified: batch.isUnverified)
  }
}
