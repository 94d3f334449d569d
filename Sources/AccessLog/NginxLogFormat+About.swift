// Who writes each text format and what a source says of it, for the page of formats.

extension NginxLogFormat {
  public static let about = """
    nginx and what is built on it. `log_format` is the text of the gateway's own, bare or as the \
    whole statement with its `escape=`; a JSON object as a template is read by its keys. Besides \
    `$time_local`, `$time_iso8601` or `$msec` log `$request_time`, `$status`, `$request` and the \
    header that names the caller, such as `$http_x_api_key`. Names that nginx does not have are \
    read as text. The stamp is the end of the request.
    """
}

extension ApacheLogFormat {
  public static let about = """
    Apache httpd. `log_format` is the text of `LogFormat`, with or without the directive around it. \
    `%t` or `%{…}t` is the time, `%D` or `%{ms}T` the latency, `%{X-Api-Key}i` a header that names \
    the caller. A time without a year needs `year`, one without a zone `timezone`.
    """
}

extension HAProxyLogFormat {
  public static let about = """
    HAProxy. `log_format` is the text of `log-format`, or `httplog`, `httpslog` or `tcplog` for \
    the options of these names, or the lines of the frontend that say what is logged. Stamps have no zone: say `timezone`. \
    Captured headers are asked for as `capture.req.hdr(0)` in their order. What syslog puts \
    before the line is skipped.
    """
}

extension EnvoyLogFormat {
  public static let about = """
    Envoy, Istio, Envoy Gateway and Contour. `log_format` is the `text_format`, `default` or \
    `istio`, or a `json_format` pasted as JSON, whose keys are then read in any order. Nothing in a \
    text_format is escaped, so that a line which a client's quotes make ambiguous is refused: \
    json_format is safer. The stamp is the start of the request.
    """
}

extension VarnishLogFormat {
  public static let about = """
    varnishncsa. `log_format` is the text after `-F`; without one it is what varnishncsa writes by \
    itself. With `-j` use the preset `varnish-json`.
    """
}

extension W3CLogFormat {
  public static let about = """
    Columns that a `#Fields:` line names: IIS, CloudFront, NetScaler. `log_format` is that line, \
    with `#Software:` before it where the writer has one; without it, the first of the file is \
    taken. Times are UTC unless `timezone` says otherwise. `time-taken` is milliseconds, but of \
    CloudFront and where `#Software:` names NetScaler or IIS Advanced Logging seconds; \
    `fields: {latency: {field: time-taken, unit: s}}` says it for others.
    """
}

extension APIGatewayLogFormat {
  public static let about = """
    Amazon API Gateway's access log as text. `log_format` is the format of the stage with its \
    `$context` variables. Its JSON is the preset `aws-apigw-json`.
    """
}

extension ALBLogFormat {
  public static let about = """
    AWS's Application Load Balancer, which has one format: no template is asked for. It names no \
    caller. The stamp is the end of the request.
    """
}

extension ELBLogFormat {
  public static let about = """
    AWS's Classic Load Balancer, which has one format: no template is asked for. It names no \
    caller. The stamp is the start of the request.
    """
}

extension TraefikLogFormat {
  public static let about = """
    Traefik's common format, which is fixed: no template is asked for. The caller is the user of \
    basic authentication; headers are in Traefik's JSON alone, the preset `traefik-json`.
    """
}
