/// The lines of an HAProxy configuration that say what it logs: `log-format`, `option httplog`
/// and the captures; or the text of a log-format alone.
struct HAProxyTemplate {
  /// Bare, or of the `log-format` line.
  private(set) var format: [TemplateByte] = []
  /// What the slots of `%hr` and `%hs` hold, in their order.
  private var requestCaptures: [TemplateVariable] = []
  private var responseCaptures: [TemplateVariable] = []

  static let presets = [
    (
      "httplog",
      #"%ci:%cp [%tr] %ft %b/%s %TR/%Tw/%Tc/%Tr/%Ta %ST %B %CC %CS %tsc %ac/%fc/%bc/%sc/%rc %sq/%bq %hr %hs %{+Q}r"#
    ),
    (
      "httpslog",
      #"%ci:%cp [%tr] %ft %b/%s %TR/%Tw/%Tc/%Tr/%Ta %ST %B %CC %CS %tsc %ac/%fc/%bc/%sc/%rc %sq/%bq %hr %hs %{+Q}r %[fc_err]/%[ssl_fc_err,hex]/%[ssl_c_err]/%[ssl_c_ca_err]/%[ssl_fc_is_resumed] %[ssl_fc_sni]/%sslv/%sslc"#
    ),
    ("tcplog", #"%ci:%cp [%t] %ft %b/%s %Tw/%Tc/%Tt %B %ts %ac/%fc/%bc/%sc/%rc %sq/%bq"#),
    (
      "clf",
      #"%{+Q}o %{-Q}ci - - [%trg] %r %ST %B "" "" %cp %ms %ft %b %s %TR %Tw %Tc %Tr %Ta %tsc %ac %fc %bc %sc %rc %sq %bq %CC %CS %hrl %hsl"#
    ),
  ]

  /// Slots of captures that nobody named are read up to this one.
  private static let unnamedCaptureCount = 16

  init(_ text: String) throws(FormatFault) {
    var hasStatements = false
    var start = 0
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      defer { start += line.utf8.count + 1 }
      let words = try? ConfigurationWords.words(of: String(line), dropsEveryBackslash: true)
      guard let words, try takeStatement(words, at: start) else { continue }
      hasStatements = true
    }
    if hasStatements {
      if format.isEmpty { format = Self.bytes(Self.presets[0].1) }
    } else if let known = Self.presets.first(where: { $0.0 == text.trimmed }) {
      format = Self.bytes(known.1)
    } else {
      format = Self.bare(text)
    }
  }

  func compiled() throws(FormatFault) -> Template {
    var template = Template(escape: escapesStructured ? .structured : .hash)
    template.mergesSpaces = true
    var flags = Flags()
    var scan = HAProxyScan(bytes: format)
    while let byte = scan.next() {
      guard byte.value == UInt8(ascii: "%") else {
        template.append(byte.value)
        continue
      }
      if scan.skip(UInt8(ascii: "%")) {
        template.append(byte.value)
        continue
      }
      let item = try scan.item(at: byte.offset)
      try refuseEncodings(item)
      if item.name == "o", !item.isSample {
        flags.take(item.flags)
        continue
      }
      var own = flags
      own.take(item.flags)
      try append(item, own, to: &template)
    }
    template.dropBlanksAtEnd()
    template.supplementTimes()
    return template
  }

  private struct Flags {
    var isQuoted = false

    mutating func take(_ text: String) {
      for flag in text.split(separator: ",") {
        if flag.hasSuffix("Q") { isQuoted = flag.hasPrefix("+") }
      }
    }
  }

  private var escapesStructured: Bool {
    let text = String(decoding: format.map(\.value), as: UTF8.self)
    return text.contains("+E")
  }

  private func append(
    _ item: HAProxyScan.Item, _ flags: Flags, to template: inout Template
  ) throws(FormatFault) {
    if item.isSample {
      return try append(sample(item), isQuoted: flags.isQuoted, to: &template)
    }
    switch item.name {
    case "hr", "hs": try template.append(block(item))
    case "hrl", "hsl":
      let slots = item.name == "hrl" ? requestCaptures : responseCaptures
      for (index, slot) in slots.enumerated() {
        if index > 0 { template.append(ASCII.space) }
        var slot = slot
        slot.isSelfQuoted = true
        try template.append(slot)
      }
    default:
      guard
        var variable = HAProxyVariables.variable(
          item.name, spelling: item.spelling, at: item.offset)
      else { throw Self.unknown(item) }
      if flags.isQuoted, variable.shape != .integer, variable.pattern == nil {
        variable.isSelfQuoted = true
      }
      if item.flags.contains("+X") { variable.slot = .ignored }
      try template.append(variable)
    }
  }

  /// HAProxy escapes the request and the blocks of captures, and logs a sample as it came, quotes
  /// and all, unless `+E` is set.
  private func append(
    _ sample: TemplateVariable, isQuoted: Bool, to template: inout Template
  ) throws(FormatFault) {
    var variable = sample
    variable.isRaw = template.escape == .hash
    let isRawText = variable.isRaw && isQuoted
    variable.isSelfQuoted = isQuoted && !isRawText
    if isRawText { template.append(ASCII.quote) }
    try template.append(variable)
    if isRawText { template.append(ASCII.quote) }
  }

  private func refuseEncodings(_ item: HAProxyScan.Item) throws(FormatFault) {
    guard !item.flags.contains("json"), !item.flags.contains("cbor") else {
      throw FormatFault(
        "'\(item.spelling)' writes the whole line as JSON or CBOR", at: item.offset,
        suggestion: "format: json, with a map of the fields")
    }
  }

  private static func unknown(_ item: HAProxyScan.Item) -> FormatFault {
    FormatFault(
      "HAProxy has no variable '\(item.spelling)'", at: item.offset,
      suggestion: HAProxyVariables.names.first { item.name.hasPrefix($0) }.map { "%" + $0 }
        ?? Spelling.nearest(item.name, among: HAProxyVariables.names).map { "%" + $0 })
  }
}

// MARK: - Captures

extension HAProxyTemplate {
  /// `%hr` and `%hs`: a block in braces, or nothing where nothing is captured.
  private func block(_ item: HAProxyScan.Item) -> TemplateVariable {
    var variable = TemplateVariable(item.spelling, at: item.offset)
    variable.shape = .captures
    let isRequest = item.name == "hr"
    let named = isRequest ? requestCaptures : responseCaptures
    let count = named.isEmpty ? Self.unnamedCaptureCount : named.count
    variable.captures = (0..<count).map { index in
      var slot =
        index < named.count
        ? named[index] : TemplateVariable("\(item.spelling)[\(index)]", at: item.offset)
      if index >= named.count { slot.hiding = .always }
      let fetch = "capture.\(isRequest ? "req" : "res").hdr(\(index))"
      slot.aliases += [fetch, "%[\(fetch)]"]
      return slot
    }
    return variable
  }

  /// What `%[capture.req.hdr(0)]` shows is what was captured there.
  private func sample(_ item: HAProxyScan.Item) -> TemplateVariable {
    let fetch = String(item.name.prefix { $0 != "," })
    for (prefix, captures) in [
      ("capture.req.hdr(", requestCaptures), ("capture.res.hdr(", responseCaptures),
    ] where fetch.hasPrefix(prefix) {
      let index = Int(fetch.dropFirst(prefix.count).dropLast()) ?? -1
      guard captures.indices.contains(index) else { break }
      var variable = captures[index]
      variable.name = item.spelling
      variable.offset = item.offset
      variable.aliases += [item.name, fetch]
      return variable
    }
    return HAProxyVariables.sample(item.name, spelling: item.spelling, at: item.offset)
  }

  /// Takes a line that says something of the log; `false` where it does not.
  private mutating func takeStatement(
    _ words: [ConfigurationWords.Word], at offset: Int
  ) throws(FormatFault) -> Bool {
    let texts = words.map(\.text)
    switch (texts.first, texts.dropFirst().first) {
    case ("log-format", _) where words.count > 1:
      format = words[1].bytes.map { TemplateByte(value: $0.value, offset: $0.offset + offset) }
    case ("option", "httplog"):
      format = Self.bytes(Self.presets[texts.contains("clf") ? 3 : 0].1)
    case ("option", "httpslog"): format = Self.bytes(Self.presets[1].1)
    case ("option", "tcplog"): format = Self.bytes(Self.presets[2].1)
    case ("capture", "request") where texts.count > 3:
      requestCaptures.append(.requestHeader(texts[3], spelling: texts[3], at: offset))
    case ("capture", "response") where texts.count > 3:
      responseCaptures.append(.responseHeader(texts[3], spelling: texts[3], at: offset))
    case ("http-request", "capture") where texts.count > 2:
      requestCaptures.append(HAProxyVariables.sample(texts[2], spelling: texts[2], at: offset))
    case ("http-response", "capture") where texts.count > 2:
      responseCaptures.append(HAProxyVariables.sample(texts[2], spelling: texts[2], at: offset))
    default: return false
    }
    return true
  }

  private static func bytes(_ text: String) -> [TemplateByte] {
    text.utf8.map { TemplateByte(value: $0, offset: 0) }
  }

  /// A log-format without its keyword; its spaces may still be escaped.
  private static func bare(_ text: String) -> [TemplateByte] {
    let bytes = Array(text.utf8)
    let isQuoted = text.hasPrefix("\"%") && text.hasSuffix("\"") || text.hasPrefix("'")
    if isQuoted || text.contains("\\ "),
      let word = try? ConfigurationWords.words(of: text, dropsEveryBackslash: true).first
    {
      return word.bytes
    }
    return bytes.indices.map { TemplateByte(value: bytes[$0], offset: $0) }
  }
}

/// The items of a log-format: `%{+Q}r`, `%[capture.req.hdr(0),lower]`, `%(name:type)ci`.
private struct HAProxyScan {
  struct Item {
    var name: String
    var flags: String
    var isSample: Bool
    var spelling: String
    var offset: Int
  }

  let bytes: [TemplateByte]
  private var index = 0

  init(bytes: [TemplateByte]) { self.bytes = bytes }

  mutating func next() -> TemplateByte? {
    guard index < bytes.count else { return nil }
    index += 1
    return bytes[index - 1]
  }

  mutating func skip(_ byte: UInt8) -> Bool {
    guard index < bytes.count, bytes[index].value == byte else { return false }
    index += 1
    return true
  }

  /// The rest of an item, behind its percent sign.
  mutating func item(at offset: Int) throws(FormatFault) -> Item {
    let start = index
    var flags = ""
    if skip(UInt8(ascii: "(")) { _ = try text(until: UInt8(ascii: ")"), at: offset) }
    if skip(UInt8(ascii: "{")) { flags = try text(until: UInt8(ascii: "}"), at: offset) }
    let isSample = skip(UInt8(ascii: "["))
    let name = isSample ? try text(until: UInt8(ascii: "]"), at: offset) : word()
    guard !name.isEmpty else {
      throw FormatFault("'%' without the name of a variable", at: offset, suggestion: "%%")
    }
    let spelling = String(decoding: bytes[start..<index].map(\.value), as: UTF8.self)
    return Item(
      name: name, flags: flags, isSample: isSample, spelling: "%" + spelling, offset: offset)
  }

  private mutating func word() -> String {
    let start = index
    while index < bytes.count, bytes[index].value.isLetter || bytes[index].value.isDigit {
      index += 1
    }
    return String(decoding: bytes[start..<index].map(\.value), as: UTF8.self)
  }

  /// A bracket in parentheses belongs to the text.
  private mutating func text(
    until end: UInt8, at offset: Int
  ) throws(FormatFault) -> String {
    let start = index
    var depth = 0
    while let byte = next() {
      if byte.value == end, depth == 0 {
        return String(decoding: bytes[start..<index - 1].map(\.value), as: UTF8.self)
      }
      if byte.value == UInt8(ascii: "(") { depth += 1 }
      if byte.value == UInt8(ascii: ")") { depth -= 1 }
    }
    throw FormatFault("a bracket is never closed", at: offset)
  }
}
