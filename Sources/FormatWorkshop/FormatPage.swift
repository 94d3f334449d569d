public import AccessLog

/// The page of all formats and presets, made from what the code knows of them, so that it cannot
/// say anything else.
public enum FormatPage {
  /// All of it, as Markdown.
  public static var text: String {
    ([introduction, jsonKeys] + RecordFormats.all.map(section) + [presetsHeading]
      + Presets.all.map(section)).joined(separator: "\n\n") + "\n"
  }

  /// Names, and what each is for.
  public static var list: [(name: String, summary: String)] {
    RecordFormats.all.map { ($0.name, firstSentence($0.about)) }
      + Presets.all.map { ($0.name, "\($0.summary) (\($0.formatName))") }
  }

  private static func firstSentence(_ text: String) -> String {
    text.firstRange(of: ". ").map { String(text[..<$0.lowerBound]) + "." } ?? text
  }

  /// What there is to know of a format or a preset.
  public static func section(named name: String) throws(FormatFault) -> String {
    if let format = RecordFormats.format(named: name) { return section(format) }
    return section(try Presets.required(name))
  }

  // MARK: - Formats

  private static let introduction = """
    # Log formats

    A source says what its gateway writes, in the gateway's own words or by the name of a preset:

    ```yaml
    sources:
      - name: edge
        paths: [/var/log/nginx/gateway.log*]
        format: nginx
        log_format: {file: /etc/nginx/nginx.conf, name: main}   # or the text itself
        identity: [$http_x_api_key, $remote_user]
      - name: kong
        paths: /var/log/kong/access.json*
        format: kong-file-log
      - name: debian
        paths: /var/log/apache2/*access.log*
        format: [vhost-combined, combined]                      # tried in this order
    ```

    | key | meaning |
    |---|---|
    | `format` | a format, a preset, or a list of them; in a list `{format: …, log_format: …}` is one with keys of its own |
    | `log_format` | the text of the gateway's template, or `{file, name}` of an nginx configuration |
    | `fields` | for `json`: field to path; with a preset it changes single fields of it |
    | `identity` | what names the caller, in order; `{field: …, secret: no}` says that it is a name |
    | `absent` | for `json`: texts that stand for nothing; `[-]` if left out |
    | `prefix` | for `json`: `skip` (if left out) what a collector puts before the object, or `none` |
    | `stamp` | for `json`: whether the time is the `start` or the `end` of the request |
    | `timezone` | `Europe/Oslo`, for writers that give no zone; summer time is followed. An hour that the clock shows twice is taken as the first, one that it leaves out has the later offset |
    | `year` | for writers that give no year: `2026`, or a day such as `2026-01-03`, and each stamp is taken in the year that brings it nearest to that day |
    | `throttled_status` | answers that mean throttled: `[429]` if left out; nginx's limit_req has 503 |
    | `sampling` | the writer logs one of so many requests |

    Files are read as gzip, zstd or plain text by their first bytes. Of `.tar.gz`, `.bz2`, `.xz`, `.lz4`, \
    `.zip` and `.Z` the pipe is named that makes plain text of them.
    """

  private static var jsonKeys: String {
    """
    ## The field map of `json`

    Fields: \(JSONLines.fieldNames.map { "`\($0)`" }.joined(separator: ", ")).

    A path is `latencies.request`; a dot inside a key is written `\\.`; a list of paths is tried in its \
    order, whatever the order of the line. Of a list in the line the first element counts; a line in which \
    a key of the map stands twice is refused. `latency` and `upstream_latency` have a unit (`s`, `ms`, \
    `us`, `ns`), `time` has one if it is a number (`epoch_s`, `epoch_ms`, `epoch_us`, `epoch_ns`); a text \
    says by its form what it is: RFC 3339 with any fraction, `21/Nov/2026:19:51:49 +0000`, \
    `2026-11-21 19:51:49`, `2026/11/21 19:51:49.123`, `11/21/2026 7:51:49 PM`, `1.5ms`, `0.05s`, `1m30s`. \
    A time of another form has its spelling as unit, in the letters of `strftime` and `%f` for a \
    fraction: `unit: "%b %d %H:%M:%S"`; without a year in it the source needs `year`. A missing key, `null`, an empty text, \
    `-` and a number of -1 are no value. `throttled` has `values`, one of which marks the request, alone \
    or between commas.

    ```yaml
    format: json
    fields:
      time: {field: started_at, unit: epoch_ms}
      client_ip: [client_ip, remote.address]
      target: request.uri
      method: request.method
      status: response.status
      latency: {field: latencies.request, unit: ms}
      throttled: {field: response_flags, values: [RL]}
    identity: [consumer.username, {field: request.headers.x-api-key, secret: yes}]
    ```

    Bytes that are not UTF-8, `\\x22` in strings, a byte order mark and text before the object are read. \
    Lines that name neither a status nor a method nor a target are counted as no access lines. Docker's \
    own files hold the line as a text inside an object: `docker logs`, or `jq -r .log`, takes it out.
    """
  }

  private static func section(_ format: any RecordFormat.Type) -> String {
    var parts = ["## `\(format.name)`", format.about]
    let presets = Presets.all.filter { $0.formatName == format.name }.map { "`\($0.name)`" }
    if !presets.isEmpty { parts.append("Presets: \(presets.joined(separator: ", ")).") }
    for sample in format.samples.prefix(sampleCountMax) {
      if let template = sample.description.template {
        parts += ["With this `log_format`:", block(template)]
      }
      parts += ["A line, and what is read of it:", block(sample.line), found(sample.expected)]
    }
    return parts.joined(separator: "\n\n")
  }

  /// Lines that are shown of a format that has many.
  private static let sampleCountMax = 2

  // MARK: - Presets

  private static let presetsHeading = "# Presets"

  private static func section(_ preset: Preset) -> String {
    var parts = [
      "## `\(preset.name)`", "\(capitalised(preset.summary)). Format `\(preset.formatName)`.",
    ]
    parts[1] += " The stamp is the \(stamp(of: preset)) of the request. \(identity(of: preset))"
    if let note = preset.note { parts.append(note) }
    if let template = preset.description.template { parts.append(block(template)) }
    if let setting = preset.setting {
      parts += ["The gateway's setting:", block(setting)]
    }
    if let sample = samples(of: preset).first {
      parts += ["A line, and what is read of it:", block(sample.line), found(sample.expected)]
    }
    parts.append("Source: <\(preset.documentation)>")
    return parts.joined(separator: "\n\n")
  }

  /// Presets of text formats take those samples of their format that have their template.
  private static func samples(of preset: Preset) -> [Sample] {
    if !preset.samples.isEmpty { return preset.samples }
    let all = RecordFormats.format(named: preset.formatName)?.samples ?? []
    let template = preset.description.template
    return all.filter {
      $0.description.template == template
        || $0.description.template == nil && defaults.contains(template ?? "")
    }
  }

  /// Names of templates that a format takes where none is given.
  private static let defaults: Set = ["httplog", "default"]

  private static func stamp(of preset: Preset) -> String {
    guard let reader = try? preset.reader() else { return "end" }
    return reader.stampMoment == .requestStart ? "start" : "end"
  }

  private static func identity(of preset: Preset) -> String {
    let fields = preset.description.identity.map { field in
      "`\(field.field)`" + (field.isSecret ? " (a secret: shown as a fingerprint)" : "")
    }
    guard !fields.isEmpty else { return "It names no caller: the client's address does." }
    return "The caller is \(fields.joined(separator: ", then "))."
  }

  private static func found(_ expected: Sample.Expected) -> String {
    var parts = [expected.time.rfc3339]
    let texts = [
      expected.address, expected.identity, expected.method, expected.path,
      expected.query.map { "?\($0)" },
    ]
    parts += texts.compactMap { $0 }
    if let status = expected.status { parts.append("status \(status)") }
    if let bytes = expected.bytesOut { parts.append("\(bytes) bytes") }
    if let latency = expected.latencyMicroseconds { parts.append("\(latency) µs") }
    if let agent = expected.userAgent { parts.append(agent) }
    if expected.isThrottled == true { parts.append("throttled") }
    return parts.map { "`\($0)`" }.joined(separator: " · ")
  }

  private static func block(_ text: String) -> String { "```\n\(text)\n```" }

  private static func capitalised(_ text: String) -> String {
    text.hasPrefix("varnishncsa") || text.hasPrefix("nginx")
      ? text : text.prefix(1).uppercased() + text.dropFirst()
  }
}
