/// Rules that people ask for, beyond the example that each kind brings; each is a whole file.
public enum RuleExamples {
  public struct Example: Sendable {
    public var title: String
    /// What is worth knowing besides, in Markdown.
    public var note: String?
    public var yaml: String
  }

  public static let all = [
    failingRequests, oneParameter, otherNetworks, joined, strict, manyAddresses, afterDeploy,
    overridden, pairs, patterned,
  ]

  private static let failingRequests = Example(
    title: "Failing requests of a route",
    note: "`where` counts only what failed; the baseline is that of failures.",
    yaml: #"""
      rules:
        - id: server-errors
          title: A route fails more often than it does at this hour
          kind: spike
          per: route
          where: 'status >= 500 && !throttled'
          window: [5m, 30m]
          at_least: {times: 3, more: 30}
          severity: high
          tests:
            - name: failures of one route
              feed: (2x288)x3 100x3
              request: GET /v1/quotes
              status: 503
              expect: [{window: 866, state: open, reason: times as many}]
            - name: as many good answers are no failures
              feed: (2x288)x3 100x3
              request: GET /v1/quotes
              expect: none
      """#)

  private static let oneParameter = Example(
    title: "One parameter of a query",
    yaml: #"""
      rules:
        - id: export-of-everything
          title: A key asks for whole exports more than it does
          kind: spike
          match: GET /v*/export
          where: 'query["all"] == "true" || query["limit"] == "10000"'
          window: 30m
          at_least: {times: 2, more: 20}
          tests:
            - name: whole exports
              feed: (1x48)x4 60x2
              request: GET /v1/export?all=true
              expect: [{window: 192, state: open}]
            - name: small ones
              feed: (1x48)x4 60x2
              request: GET /v1/export?limit=50
              expect: none
      """#)

  private static let otherNetworks = Example(
    title: "Requests from outside of known networks",
    yaml: #"""
      rules:
        - id: outside-traffic
          title: More requests from outside of the company's networks than usual
          kind: spike
          per: network
          where: '!cidr(client_ip, "10.0.0.0/8") && !cidr(client_ip, "2001:db8::/32")'
          window: [5m, 30m]
          at_least: {times: 2, more: 100}
          tests:
            - name: a test's requests come from 192.0.2.1
              feed: (20x288)x3 400x3
              expect: [{window: 864, state: open, entity: 192.0.2.0/24}]
            - {name: as ever, feed: (20x288)x3, expect: none}
      """#)

  private static let joined = Example(
    title: "The quote of the same article",
    note: "`same` joins target and precursors by a field.",
    yaml: #"""
      rules:
        - id: order-without-its-quote
          title: An article is ordered for which no quote was asked
          kind: precursor
          target: POST /v*/orders
          precursors: [{match: GET /v*/quotes}]
          within: 15m
          same: query["sku"]
          tests:
            - name: the quotes are of another article
              lines:
                - {at: "08:00:00", request: GET /v1/quotes?sku=1, times: 60, every: 60s}
                - {at: "08:00:30", request: POST /v1/orders?sku=1, times: 60, every: 60s}
                - {at: "09:00:00", request: GET /v1/quotes?sku=1, times: 20, every: 60s}
                - {at: "09:00:30", request: POST /v1/orders?sku=2, times: 20, every: 60s}
              expect: [{at: "09:10:00", state: open, reason: without 1 × GET /v*/quotes}]
            - name: each article has its quote
              lines:
                - {at: "08:00:00", request: GET /v1/quotes?sku=1, times: 90, every: 60s}
                - {at: "08:00:30", request: POST /v1/orders?sku=1, times: 90, every: 60s}
              expect: none
      """#)

  private static let strict = Example(
    title: "Each payment needs its authorisation",
    note: "`strict` knows no habit: the first miss is an alert.",
    yaml: #"""
      rules:
        - id: payment-without-authorisation
          title: A payment without the authorisation before it
          kind: precursor
          target: POST /v*/payments
          precursors: [{match: POST /v*/authorisations}]
          within: 5m
          mode: strict
          severity: critical
          tests:
            - name: none within five minutes
              lines:
                - {at: "08:00:00", request: POST /v1/authorisations}
                - {at: "08:05:01", request: POST /v1/payments}
              expect: [{at: "08:05:02", state: open}]
            - name: one in time
              lines:
                - {at: "08:00:00", request: POST /v1/authorisations}
                - {at: "08:04:59", request: POST /v1/payments}
              expect: none
      """#)

  private static let manyAddresses = Example(
    title: "One key, many addresses",
    note: "`measure` counts something else than requests: here different values of a field.",
    yaml: #"""
      rules:
        - id: key-from-many-addresses
          title: A key is used from more than three addresses in ten minutes
          kind: threshold
          measure: distinct(client_ip)
          window: 10m
          above: 3
          tests:
            - name: four of them
              lines:
                - {at: "08:00:00", request: GET /v1/quotes, times: 60, every: 1s}
                - {at: "08:00:10", request: GET /v1/quotes, client_ip: 198.51.100.7}
                - {at: "08:00:20", request: GET /v1/quotes, client_ip: 203.0.113.5}
                - {at: "08:00:30", request: GET /v1/quotes, client_ip: 203.0.113.6}
              expect: [{at: "08:00:31", state: open, reason: 4 different client_ip}]
            - name: one
              lines: [{at: "08:00:00", request: GET /v1/quotes, times: 600, every: 1s}]
              expect: none
      """#)

  private static let afterDeploy = Example(
    title: "Errors after a deploy",
    note:
      "`after` lets a rule speak for a while after `tollwatch mark deploy`, and at no other time: "
      + "then a share is worth a look that is none at noon.",
    yaml: #"""
      rules:
        - id: errors-after-deploy
          title: A route fails after a deploy
          kind: ratio
          per: route
          part: 'status >= 500'
          window: 5m
          above: 0.02
          after: {mark: deploy, within: 1h}
          severity: high
          tests:
            - name: one in ten fails after the deploy
              marks: [{name: deploy, at: "10:00:00"}]
              lines:
                - {at: "09:00:00", request: GET /v1/quotes, times: 7200, every: 1s}
                - {at: "10:05:00", request: GET /v1/quotes, status: 503, times: 120, every: 9s}
              expect: [{at: "10:10:00", state: open, reason: after the mark 'deploy'}]
            - name: as many at another time
              marks: [{name: deploy, at: "08:00:00"}, {name: sale, at: "10:00:00"}]
              lines:
                - {at: "09:00:00", request: GET /v1/quotes, times: 7200, every: 1s}
                - {at: "10:05:00", request: GET /v1/quotes, status: 503, times: 120, every: 9s}
              expect: none
      """#)

  private static let overridden = Example(
    title: "Another limit for trial keys and for one partner",
    note: "`overrides` go by labels of the registry; of those that fit a key the first one holds.",
    yaml: #"""
      rules:
        - id: search-limit
          title: A key searches more often than its plan lets it
          kind: threshold
          match: GET /v*/search
          window: 1m
          above: 300
          overrides:
            - {label: {plan: trial}, above: 30, severity: low}
            - {label: {supplier: northwind}, above: 3000}
          tests:
            - name: what is much for a trial key
              labels: {plan: trial}
              feed: 60x20
              expect: [{window: 1, state: open, reason: the limit is 30}]
            - {name: and little for another, feed: 60x20, expect: none}
      """#)

  private static let pairs = Example(
    title: "Each key from each address",
    note: "With two in `per` each pair is judged by itself.",
    yaml: #"""
      rules:
        - id: key-from-one-address
          title: One address sends more with a key than one client should
          kind: threshold
          per: [key, client_ip]
          window: 1m
          above: 100
          tests:
            - name: one address of many
              lines:
                - {at: "08:00:00", request: GET /v1/quotes, times: 90, every: 600ms}
                - {at: "08:00:00", request: GET /v1/quotes, client_ip: 192.0.2.7, times: 150, every: 300ms}
              expect:
                - {at: "08:00:40", state: open, entity: "key-1, 192.0.2.7"}
            - name: as many requests of two addresses
              lines:
                - {at: "08:00:00", request: GET /v1/quotes, times: 75, every: 600ms}
                - {at: "08:00:00", request: GET /v1/quotes, client_ip: 192.0.2.7, times: 75, every: 600ms}
              expect: none
      """#)

  private static let patterned = Example(
    title: "Paths that only a scanner asks for",
    note: "`matches` takes a regular expression; with `r` before the text a backslash is one.",
    yaml: #"""
      rules:
        - id: scanner-paths
          title: Somebody looks for scripts and backups that are not there
          kind: threshold
          per: client_ip
          where: 'status == 404 && path.matches(r"(?i)\.(php|aspx?|bak|sql)$|/\.(git|env)")'
          window: 10m
          above: 5
          tests:
            - name: six scripts
              lines:
                - {at: "08:00:00", request: GET /old/Admin.PHP, status: 404, times: 3}
                - {at: "08:00:05", request: GET /.git/config, status: 404, times: 3}
              expect: [{at: "08:00:08", state: open, entity: 192.0.2.1}]
            - name: six pages that are not there, and scripts that are
              lines:
                - {at: "08:00:00", request: GET /phpinfo, status: 404, times: 6}
                - {at: "08:00:10", request: GET /a.php, times: 6}
              expect: none
      """#)
}
