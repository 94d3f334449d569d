extension TemplateVariable {
  /// The variable that shows a header of the request.
  /// - Parameters:
  ///   - header: in whatever case.
  ///   - spelling: the variable as the template has it.
  static func requestHeader(
    _ header: String, spelling: String, at offset: Int
  ) -> TemplateVariable {
    var variable = TemplateVariable(spelling, at: offset)
    let name = headerName(header)
    variable.header = name
    variable.shape = .client
    variable.hiding = Hiding.ofRequestHeader(name)
    switch name {
    case "user-agent": variable.slot = .userAgent
    case "referer": variable.slot = .referrer
    case "x-request-id": variable.take(.requestID, rank: 4)
    case "host", ":authority":
      variable.take(.host, rank: 1)
      variable.shape = .clientWord
    case "x-real-ip": variable.take(.address, rank: 4)
    case "x-forwarded-for": variable.take(.address, rank: 5)
    default: break
    }
    return variable
  }

  /// The variable that shows a header of the answer.
  static func responseHeader(
    _ header: String, spelling: String, at offset: Int
  ) -> TemplateVariable {
    var variable = TemplateVariable(spelling, at: offset)
    variable.shape = .client
    variable.hiding = Hiding.ofResponseHeader(headerName(header))
    return variable
  }

  mutating func take(_ slot: FieldSlot, _ unit: FieldUnit = .none, rank: Int = 0) {
    self.slot = slot
    self.unit = unit
    self.rank = rank
  }

  /// A number of the gateway's own.
  mutating func takeInteger(_ slot: FieldSlot, _ unit: FieldUnit = .none, rank: Int = 0) {
    take(slot, unit, rank: rank)
    shape = .integer
  }

  /// A time stamp that is spelled as `pattern` says.
  mutating func takeTime(_ pattern: TimePattern, rank: Int = 0) {
    if pattern.isCLF {
      take(.time, .clf, rank: rank)
      shape = .fixed(TimeStamps.clfCount)
    } else {
      take(.time, rank: rank)
      shape = .time
      self.pattern = pattern
    }
  }
}
