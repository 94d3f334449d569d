import Testing

@testable import LogSurvey

struct FormatSkeletonTests {
  @Test func `columns are named after what all lines have in them`() throws {
    let skeleton = try skeleton(
      #"""
      shop.example,443,192.0.2.7,-,-,[12/Feb/2026:00:02:34 +0000],160,730,465,0.004,0.003,200,"HTTP/1.1","GET","/a","-"
      192.0.2.80,443,192.0.2.8,-,-,[12/Feb/2026:00:02:35 +0000],200,380,178,0.009,0.008,404,"HTTP/1.1","POST","/b","x/1"
      shop.example,443,192.0.2.9,-,ann,[12/Feb/2026:00:02:36 +0000],404,295,150,0.138,0.137,400,"-","-","-","-"
      """#)
    #expect(skeleton.matchedCount == 3)
    #expect(
      skeleton.template
        == "$host,$server_port,$remote_addr,-,$remote_user,[$time_local],$field_1,$field_2,$field_3,"
        + "$request_time,$upstream_response_time,$status,\"$server_protocol\",\"$request_method\","
        + "\"$request_uri\",\"$http_user_agent\"")
  }

  @Test func `the status is the column of statuses, wherever it stands`() throws {
    let skeleton = try skeleton(
      #"""
      [12/Feb/2026:00:02:34 +0000] 192.0.2.7 500 "GET /a HTTP/1.1" 17 200
      [12/Feb/2026:00:02:35 +0000] 192.0.2.7 137 "GET /a HTTP/1.1" 18 404
      """#)
    #expect(
      skeleton.template == "[$time_local] $remote_addr $field_1 \"$request\" $field_2 $status")
  }

  @Test func `one line that is unlike the others decides nothing`() throws {
    let skeleton = try skeleton(
      #"""
      [12/Feb/2026:00:02:34 +0000] 192.0.2.7 "-" 400 0
      [12/Feb/2026:00:02:35 +0000] 192.0.2.7 "GET /a HTTP/1.1" 404 12
      [12/Feb/2026:00:02:36 +0000] 192.0.2.7 "GET /b HTTP/1.1" 200 17
      """#)
    #expect(skeleton.template == "[$time_local] $remote_addr \"$request\" $status $body_bytes_sent")
    #expect(skeleton.matchedCount == 3)
  }

  @Test func `what upstream took is not more than the whole took`() throws {
    let skeleton = try skeleton(
      #"""
      192.0.2.7 [12/Feb/2026:00:02:34 +0000] "GET /a HTTP/1.1" 200 1 0.010 0.012 10.0.0.1:80
      192.0.2.7 [12/Feb/2026:00:02:34 +0000] "GET /a HTTP/1.1" 200 1 0.020 0.021 10.0.0.1:80
      """#)
    #expect(
      skeleton.template?.hasSuffix(" $upstream_response_time $request_time $upstream_addr") == true)
  }

  @Test func `JSON is described by its paths`() throws {
    let skeleton = try skeleton(
      #"{"ts": 1795290709.4, "req": {"method": "GET", "path": "/a"}, "code": 200, "took_ms": 4}"#)
    #expect(skeleton.formatName == "json" && skeleton.matchedCount == 1)
    #expect(skeleton.configuration.contains(#"  latency: {field: "took_ms", unit: ms}"#))
  }

  private func skeleton(_ lines: String) throws -> FormatSkeleton {
    try #require(FormatSkeleton(Array((lines + "\n").utf8)))
  }
}
