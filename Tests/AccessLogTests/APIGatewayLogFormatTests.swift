import Testing

@testable import AccessLog

struct APIGatewayLogFormatTests {
  @Test(arguments: [
    ("THROTTLED", true), ("QUOTA_EXCEEDED", true), ("ACCESS_DENIED", false), ("-", false),
  ])
  func `the type of an error says that a request was throttled`(
    type: String, isThrottled: Bool
  ) throws {
    let description = FormatDescription(
      template: "$context.requestTimeEpoch $context.status $context.error.responseType")
    let batch = try parse(Array("1795290709400 403 \(type)".utf8), "apigateway", description)
    #expect(batch.flags[0].contains(.throttled) == isThrottled)
  }

  @Test
  func `a name that API Gateway does not have is told with the nearest`() throws {
    let description = FormatDescription(template: "$context.requestTimeEpoch $context.statu")
    let unknown = try APIGatewayLogFormat.unknownVariables(in: description)
    #expect(unknown.map(\.nearest) == ["$context.status"])
  }

  @Test
  func `the path is its template where nothing else is logged`() throws {
    let both = "$context.requestTimeEpoch $context.path $context.resourcePath"
    let batch = try parse(
      Array("1795290709400 /prod/pets/7 /pets/{petId}".utf8), "apigateway",
      FormatDescription(template: both))
    #expect(try batch.first().path == "/prod/pets/7")
    #expect(batch.texts[batch.namedRoute[0]] == "/pets/{petId}")
  }

  @Test(arguments: [
    ("$context.error.message", "Too Many Requests", 429),
    ("$context.error.messageString", #""Too Many Requests""#, 429),
    ("$context.integrationErrorMessage", "Endpoint request timed out", 504),
  ])
  func `a sentence about an error moves no column`(
    variable: String, text: String, status: Int
  ) throws {
    let description = FormatDescription(
      template: "$context.identity.sourceIp [$context.requestTime] $context.httpMethod "
        + "$context.path $context.status \(variable) $context.responseLatency")
    let line = "192.0.2.7 [21/Nov/2026:19:51:49 +0000] GET /p \(status) \(text) 12"
    let record = try parse(Array(line.utf8), "apigateway", description).first()
    #expect(record.status == status && record.latency == 12_000 && record.path == "/p")
  }
}
