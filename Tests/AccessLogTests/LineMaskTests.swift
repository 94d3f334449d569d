import Testing

@testable import AccessLog

/// A key is planted where the format logs it, and nobody declared it as the identity.
struct LineMaskTests {
  private static let key = "Zq9pL2xKq7"
  private static let keyed = Presets.combined + #" "$http_x_api_key""#

  private func masked(
    _ line: String, _ template: String, _ identity: IdentityField..., formatName: String = "nginx"
  ) throws -> String {
    try masked(line, FormatDescription(template: template, identity: identity), formatName)
  }

  private func masked(
    _ line: String, _ description: FormatDescription, _ formatName: String
  ) throws -> String {
    let format = try #require(RecordFormats.format(named: formatName))
    let parser = BlockParser(
      readers: [try format.reader(for: description)], identityKinds: description.identityKinds)
    var batch = RecordBatch(hash: testHash)
    parser.parse(Array(line.utf8), into: &batch)
    try #require(batch.count == 1, "\(batch.malformed)")
    return parser.maskedLine(0, of: batch, standIn: "key:1")
  }

  @Test
  func `a logged key that is not the identity is hidden wherever it stands`() throws {
    let line =
      combinedLine.replacing("/v1/orders", with: "/v1/\(Self.key)?api_key=other-1")
      .replacing("- - [", with: "- northwind [") + " \"\(Self.key)\""
    let name = IdentityField(field: "$remote_user", isSecret: false)
    let parameter = IdentityField(field: "$arg_api_key", isSecret: true)
    for text in [
      try masked(line, Self.keyed, name), try masked(line, Self.keyed, parameter),
      try masked(line, Self.keyed),
    ] {
      #expect(!text.contains(Self.key) && !text.contains("other-1"))
      #expect(text.contains("- northwind [") && text.hasSuffix("\"***\""))
    }
    #expect(try masked(line, Self.keyed, parameter).contains("api_key=key:1"))
  }

  @Test
  func `a header that the source calls a name is shown`() throws {
    let name = IdentityField(field: "$http_x_api_key", isSecret: false)
    #expect(try masked(combinedLine + #" "northwind""#, Self.keyed, name).hasSuffix("northwind\""))
    #expect(try masked(combinedLine + #" "-""#, Self.keyed).hasSuffix("\"-\""))
  }

  @Test(arguments: [
    "http_x_tenant", "cookie_sid", "arg_q", "jwt_claim_sub", "sent_http_set_cookie",
    "http_authorization", "http_cookie", "consumer_of_my_map", "field_1",
  ])
  func `what is secret by default is hidden`(variable: String) throws {
    let text = try masked(
      combinedLine + #" "a\x22b %41 c""#, Presets.combined + " \"$\(variable)\"")
    #expect(text == combinedLine + #" "***""#)
  }

  @Test(arguments: [
    "http_accept_language", "http_content_type", "http_x_request_id", "ssl_client_s_dn", "host",
  ])
  func `what says nothing of the caller stays`(variable: String) throws {
    let line = combinedLine + #" "a, b""#
    #expect(try masked(line, Presets.combined + " \"$\(variable)\"") == line)
  }

  @Test
  func `a short header is hidden at its place only`() throws {
    let text = try masked(combinedLine + #" "12""#, Presets.combined + #" "$http_dnt""#)
    #expect(text == combinedLine + #" "***""#)
  }

  @Test
  func `a key that the preset takes for an address is hidden`() throws {
    let main = try #require(Presets.preset(named: "main")?.description.template)
    #expect(try masked(combinedLine + " \"\(Self.key)\"", main) == combinedLine + #" "***""#)
    for addresses in ["-", "10.0.0.1, 2001:db8::7", "10.0.0.1:8080, unknown", "::ffff:10.0.0.1"] {
      let line = combinedLine + " \"\(addresses)\""
      #expect(try masked(line, main) == line)
    }
  }

  @Test
  func `what stands behind the format is hidden`() throws {
    let text = try masked(combinedLine + " 0.05 \"\(Self.key)\" 10.0.0.1", Presets.combined)
    #expect(text == combinedLine + " 0.05 \"***\" 10.0.0.1")
  }

  @Test
  func `a query beside the request is hidden`() throws {
    let text = try masked(combinedLine + #" "a=words&b=2""#, Presets.combined + #" "$args""#)
    #expect(text == combinedLine + #" "a=***&b=***""#)
  }

  @Test
  func `a template in JSON hides what its variables say`() throws {
    let template =
      #"{"t":"$time_iso8601","r":"$request","x":"$http_x_api_key","y":"v $cookie_a","z":$arg_n,"ip":"$remote_addr","fwd":"$http_x_forwarded_for"}"#
    let line =
      #"{"t":"2026-11-21T19:51:49+00:00","r":"GET /a HTTP/1.1","x":"words","y":"v cook","z":77,"ip":"10.0.0.1","fwd":"a key"}"#
    #expect(
      try masked(line, template)
        == #"{"t":"2026-11-21T19:51:49+00:00","r":"GET /a HTTP/1.1","x":"***","y":"***","z":***,"ip":"10.0.0.1","fwd":"***"}"#
    )
  }

  @Test
  func `members of a JSON line are hidden by their keys and looks`() throws {
    let description = FormatDescription(
      fields: [
        FieldMapping(field: "time", paths: ["t"], unit: "epoch_s"),
        FieldMapping(field: "user_agent", paths: ["request.headers.user-agent"]),
        FieldMapping(field: "request_id", paths: ["id"]),
        FieldMapping(field: "client_ip", paths: ["ip"]),
      ], identity: [IdentityField(field: "request.headers.x-consumer", isSecret: false)])
    let line =
      #"{"t":1,"request":{"headers":{"cred":"words","user-agent":"curl","x-consumer":"north","x":["a1","b2"]}},"id":"0123456789abcdef","ip":"k-77","v":"Zq9pL2xKq7Zq9pL2","at":"2026-11-21T19:51:49.123Z","p":"\/v1\/orders\/list\/2","size":85,"n":"plain"}"#
    #expect(
      try masked(line, description, "json")
        == #"{"t":1,"request":{"headers":{"cred":"***","user-agent":"curl","x-consumer":"north","x":["***","***"]}},"id":"0123456789abcdef","ip":"***","v":"***","at":"2026-11-21T19:51:49.123Z","p":"\/v1\/orders\/list\/2","size":85,"n":"plain"}"#
    )
  }
}
