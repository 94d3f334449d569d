/// Lines as the access log format of an AWS API Gateway stage writes them: CLF, CSV, XML, or JSON
/// whose layout does not change.
///
/// Source: docs.aws.amazon.com, API Gateway, `$context` variables for access logging. Values are
/// pasted as they are. Stamps are when the request came in.
public enum APIGatewayLogFormat: RecordFormat {
  public static let name = "apigateway"

  /// The CLF of the documentation.
  static let clf = """
    $context.identity.sourceIp $context.identity.caller $context.identity.user \
    [$context.requestTime] "$context.httpMethod $context.resourcePath $context.protocol" \
    $context.status $context.responseLength $context.requestId
    """

  public static func reader(
    for description: FormatDescription
  ) throws(FormatFault) -> any LineReader {
    let plan = try VariablePlan(
      try template(of: description), description,
      timeAdvice: "add $context.requestTimeEpoch or [$context.requestTime]")
    return try TemplateReader(try template(of: description), plan, description)
  }

  public static func unknownVariables(
    in description: FormatDescription
  ) throws(FormatFault) -> [UnknownVariable] {
    try template(of: description).unknownVariables { name in
      Spelling.nearest(String(name.dropFirst(9)), among: known).map { "$context." + $0 }
    }
  }

  private static func template(
    of description: FormatDescription
  ) throws(FormatFault) -> Template {
    let text = (description.template ?? clf).trimmed
    var template = Template(escape: .none)
    let hasPath = text.contains("$context.path")
    let parser = DollarTemplate(hasDots: true) { variable($0, at: $1, hasPath: hasPath) }
    try parser.append(text, to: &template)
    guard !template.variables.isEmpty else {
      throw FormatFault(
        "the format has no variables", suggestion: "the stage's access log format: \(clf)")
    }
    return template
  }

  private static func variable(
    _ name: String, at offset: Int, hasPath: Bool
  ) -> TemplateVariable {
    var variable = TemplateVariable(name, at: offset)
    variable.moment = .requestStart
    let bare = name.hasPrefix("$context.") ? String(name.dropFirst(9)) : ""
    switch bare {
    case "identity.sourceIp":
      variable.take(.address)
      variable.hiding = .unlessAddress
    case "requestTimeEpoch":
      variable.take(.time, .epochMilliseconds)
      variable.shape = .integer
    case "requestTime": variable.takeTime(.clf, rank: 1)
    case "httpMethod": variable.take(.method)
    case "path":
      variable.take(.path)
      variable.shape = .clientWord
    // The template of the path, where the path itself is not logged.
    case "resourcePath": variable.take(hasPath ? .route : .path)
    case "routeKey": variable.take(.route, rank: 1)
    case "protocol": variable.take(.protocol)
    case "status": variable.takeInteger(.status)
    case "responseLength": variable.takeInteger(.bytesOut)
    case "responseLatency": variable.takeInteger(.latency, .milliseconds)
    case "integrationLatency", "integration.latency", "integration.integrationLatency":
      variable.takeInteger(.upstreamLatency, .milliseconds)
    case "requestId": variable.take(.requestID)
    case "extendedRequestId": variable.take(.requestID, rank: 1)
    case "identity.userAgent":
      variable.take(.userAgent)
      variable.shape = .client
    case "domainName": variable.take(.host)
    case "apiId": variable.take(.api)
    case "stage": variable.take(.version)
    case "error.responseType": variable.take(.throttled, .errorType)
    case "identity.apiKey": variable.hiding = .always
    // Sentences: "Too Many Requests", "Endpoint request timed out".
    case "error.message", "error.messageString", "error.validationErrorString",
      "integrationErrorMessage", "integration.error", "authorize.error", "authenticate.error",
      "waf.error", "identity.userArn", "identity.clientCert.issuerDN",
      "identity.clientCert.subjectDN":
      variable.shape = .client
    case _ where bare.hasPrefix("authorizer."):
      variable.shape = .client
      variable.hiding = bare == "authorizer.principalId" ? .shown : .always
    default: variable.isUnknown = !known.contains(bare)
    }
    variable.aliases = [bare]
    return variable
  }

  private static let known = """
    accountId apiId authorizer.error authorizer.latency authorizer.principalId \
    authorizer.requestId authorizer.status authenticate.error authenticate.latency \
    authenticate.status authorize.error authorize.latency authorize.status awsEndpointRequestId \
    awsEndpointRequestId2 connectionId customDomain.basePathMatched customDomain.routingRuleIdMatched \
    dataProcessed deploymentId domainName domainPrefix endpointType error.message \
    error.messageString error.responseType error.validationErrorString extendedRequestId \
    httpMethod identity.accountId identity.apiKey identity.apiKeyId identity.caller \
    identity.clientCert.clientCertPem identity.clientCert.issuerDN \
    identity.clientCert.serialNumber identity.clientCert.subjectDN identity.cognitoIdentityId \
    identity.cognitoAuthenticationProvider identity.principalOrgId identity.sourceIp \
    identity.user identity.userAgent identity.userArn identity.vpcId identity.vpceId \
    integration.error integration.integrationStatus integration.latency integration.requestId \
    integration.status integrationErrorMessage integrationLatency integrationStatus path \
    protocol requestId requestTime requestTimeEpoch resourceId resourcePath responseLatency \
    responseLength routeKey stage status waf.error waf.latency waf.status wafResponseCode webaclArn \
    xrayTraceId
    """.split(separator: " ").map(String.init)

  public static let samples: [Sample] = [
    Sample(
      FormatDescription(),
      #"192.0.2.7 - - [21/Nov/2026:19:51:49 +0000] "GET /pets/{petId} HTTP/1.1" 200 184 48752d0f-c99d"#,
      Sample.Expected(
        time: EventTime(seconds: 1_795_290_709), address: "192.0.2.7", method: "GET",
        path: "/pets/{petId}", status: 200, bytesOut: 184)),
    Sample(
      FormatDescription(
        template: """
          $context.requestTimeEpoch,$context.identity.sourceIp,$context.identity.apiKeyId,\
          $context.httpMethod,$context.path,$context.resourcePath,$context.status,\
          $context.responseLength,$context.responseLatency,$context.error.responseType
          """, identity: [IdentityField(field: "identity.apiKeyId", isSecret: false)]),
      #"2026-11-21T19:51:50.001Z 1795290709400,192.0.2.7,k1,GET,/prod/pets/7,/pets/{petId},429,-,12,THROTTLED"#,
      Sample.Expected(
        time: EventTime(milliseconds: 1_795_290_709_400), address: "192.0.2.7", method: "GET",
        path: "/prod/pets/7", status: 429, latencyMicroseconds: 12_000, identity: "k1")),
    Sample(
      FormatDescription(
        template:
          #"{ "ip": "$context.identity.sourceIp", "requestTime":"$context.requestTime", "httpMethod":"$context.httpMethod","routeKey":"$context.routeKey", "status":"$context.status","protocol":"$context.protocol", "responseLength":"$context.responseLength", "ua":"$context.identity.userAgent" }"#
      ),
      #"{ "ip": "192.0.2.7", "requestTime":"21/Nov/2026:19:51:49 +0000", "httpMethod":"GET","routeKey":"GET /", "status":"200","protocol":"HTTP/1.1", "responseLength":"47140", "ua":"a "b" c" }"#,
      Sample.Expected(
        time: EventTime(seconds: 1_795_290_709), address: "192.0.2.7", method: "GET", status: 200,
        bytesOut: 47140, userAgent: #"a "b" c"#)),
  ]
}

extension APIGatewayLogFormat {
  /// Who writes it and what a source says of it, for the page of formats.
  public static let about = """
    Amazon API Gateway's access log as text. `log_format` is the format of the stage with its \
    `$context` variables. Its JSON is the preset `aws-apigw-json`.
    """
}
