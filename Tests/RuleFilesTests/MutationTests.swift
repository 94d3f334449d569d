import Detection
import Testing

@testable import RuleFiles

/// Files that were damaged at random load or are told their faults; nothing traps or hangs.
@Suite struct MutationTests {
  private static let texts = [
    "rules:\n" + Detectors.all.map { $0.example }.joined(separator: "\n"),
    """
    rules:
      - id: a
        title: A
        kind: spike
        match: [GET,POST /v*/orders, ANY /**]
        where: 'status in [429, 503] && query["a"].startsWith("b") || !throttled'
        window: [5m, 30m]
        tests:
          - {name: t, feed: (300x288)x14 _x3 3000x6, expect: [{window: 1, state: open}]}
    """,
    """
    tiers: {bronze: {rate_per_second: 5, burst: 10, limiter: bucket}}
    suppliers: {northwind: {timezone: Europe/Oslo, peers: retail}}
    keys:
      - {key: a, supplier: northwind, tier: bronze, expires: 2027-01-01T00:00:00Z}
      - {key: a, valid_to: 2020-01-01, addresses: [10.0.0.0/8, "::1"], methods: [GET]}
    apis: {orders: {routes: ["/v*/orders"], versions: {v1: {sunset: 2026-09-01}}}}
    """,
    "key,supplier,tier,expires,x\na,b,,2027-01-01,\"q,\"\"r\"\"\"\n\"c\",d,,,e\r\n",
    """
    sources:
      - name: edge
        paths: [a.log*]
        format: json
        fields: {time: {field: [a, b], unit: epoch_ms}, client_ip: c}
        identity: [$http_x_api_key, {field: user, secret: false}]
        lateness: 60s
        throttled_status: [429]
    """,
  ]

  @Test func `damaged files never trap`() {
    let seed = UInt64.random(in: 0 ... .max)
    print("MutationTests seed \(seed)")
    var random = SplitMix(seed: seed)
    for round in 0..<3000 {
      var bytes = Array(Self.texts[round % Self.texts.count].utf8)
      for _ in 0..<Int.random(in: 1...6, using: &random) { Self.damage(&bytes, &random) }
      Self.load(bytes)
    }
  }

  private static func damage(_ bytes: inout [UInt8], _ random: inout SplitMix) {
    guard !bytes.isEmpty else { return }
    let place = Int.random(in: 0..<bytes.count, using: &random)
    let end = min(bytes.count, place + Int.random(in: 0...12, using: &random))
    let marks = Array("{}[]:,-#&*!|>'\"%\n\t \\?x9".utf8)
    switch Int.random(in: 0..<6, using: &random) {
    case 0: bytes.remove(at: place)
    case 1: bytes[place] = UInt8.random(in: 0...255, using: &random)
    case 2: bytes.insert(marks.randomElement(using: &random) ?? 0, at: place)
    case 3: bytes.removeSubrange(place..<end)
    case 4: bytes.insert(contentsOf: bytes[place..<end], at: place)
    default: bytes.insert(contentsOf: "99999999999999999999".utf8, at: place)
    }
  }

  private static func load(_ bytes: [UInt8]) {
    _ = try? RuleLoader.load([SourceFile(name: "f.yaml", bytes: bytes)])
    _ = try? RegistryLoader.load([SourceFile(name: "f.yaml", bytes: bytes)]) { "key:\($0)" }
    _ = try? RegistryLoader.load([SourceFile(name: "f.csv", bytes: bytes)]) { "key:\($0)" }
    _ = try? ConfigurationLoader.load(
      SourceFile(name: "f.yaml", bytes: bytes), formats: ["json", "nginx"])
  }
}
