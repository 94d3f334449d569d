/// The fields of AWS's load balancers, by the names that their documentation gives them.
enum AWSVariables {
  static func reader(
    _ fields: String, requiredCount: Int, _ description: FormatDescription
  ) throws(FormatFault) -> any LineReader {
    if description.template != nil {
      throw FormatFault(
        "the load balancer's log has no template", suggestion: "leave log_format out")
    }
    var template = Template(escape: .backslash)
    try DollarTemplate(variable: variable).append(fields, to: &template)
    template.requiredCount = requiredCount
    template.trailing = .knownText
    let plan = try VariablePlan(template, description, timeAdvice: "")
    return try TemplateReader(template, plan, description)
  }

  private static func variable(_ name: String, at offset: Int) -> TemplateVariable {
    var variable = TemplateVariable(name, at: offset)
    switch name.dropFirst() {
    case "time":
      variable.take(.time, .rfc3339)
      variable.moment = .requestEnd
    case "timestamp":
      variable.take(.time, .rfc3339)
      variable.moment = .requestStart
    case "client":
      variable.take(.address)
      variable.shape = .address
      variable.hiding = .unlessAddress
    case "client_port": variable.shape = .integer
    case "request_processing_time", "response_processing_time":
      variable.take(.latencyPart, .seconds)
    case "target_processing_time", "backend_processing_time":
      variable.take(.upstreamPart, .seconds)
    case "elb_status_code": variable.takeInteger(.status)
    case "received_bytes": variable.takeInteger(.bytesIn)
    case "sent_bytes": variable.takeInteger(.bytesOut)
    case "request":
      variable.take(.request)
      variable.shape = .client
    case "user_agent":
      variable.take(.userAgent)
      variable.shape = .client
    case "trace_id": variable.take(.requestID)
    case "domain_name": variable.take(.host)
    default: break
    }
    // What was added over the years is quoted in some lines and not in others.
    variable.isSelfQuoted = added.contains(String(name.dropFirst()))
    return variable
  }

  private static let added: Set = ["trace_id", "domain_name", "chosen_cert_arn"]
}
