import AccessLog

/// What one field of a format holds in some lines, as far as it may name the caller.
struct IdentityColumn {
  private static let valueCountMax = 1000

  let field: String
  /// Lines that have it.
  private var presentCount = 0
  private var lineCount = 0
  private var wordCount = 0
  private var values: Set<String> = []

  /// The first of `fields` that looks most like a caller; `nil` where no line has any of them.
  static func best(
    of fields: [String], in lines: [UInt8], _ format: any RecordFormat.Type,
    _ description: FormatDescription
  ) -> String? {
    let columns = fields.compactMap { IdentityColumn($0, lines, format, description) }
    // What nearly every line lacks names nobody.
    let present = columns.filter { $0.presentCount * 20 > $0.lineCount }
    // Of equals the first.
    return present.reversed().max { $0.rank < $1.rank }?.field
  }

  /// `nil` where the format has no such field.
  private init?(
    _ field: String, _ lines: [UInt8], _ format: any RecordFormat.Type,
    _ description: FormatDescription
  ) {
    self.field = field
    var description = description
    description.identity = [IdentityField(field: field, isSecret: false)]
    guard let reader = try? format.reader(for: description) else { return nil }
    var batch = RecordBatch(hash: SipHash(key0: 0, key1: 0))
    BlockParser(readers: [reader], identityKinds: description.identityKinds)
      .parse(lines, into: &batch)
    lineCount = batch.count
    for index in 0..<batch.count { note(batch.text(batch.identity[index])) }
  }

  private mutating func note(_ value: String?) {
    guard let value else { return }
    presentCount += 1
    if value.contains(where: \.isLetter) { wordCount += 1 }
    if values.count < Self.valueCountMax { values.insert(value) }
  }

  /// Callers differ and come again; sizes and times are numbers, and an id of a request comes
  /// once.
  private var rank: Int {
    let isWord = wordCount * 2 > presentCount
    let comesAgain = values.count < presentCount
    return (isWord ? 4 : 0) + (comesAgain ? 2 : 0) + (values.count > 1 ? 1 : 0)
  }
}
