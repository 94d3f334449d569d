/// A line of each preset, and some that try the reader.
extension JSONLines {
  public static let samples: [Sample] =
    Presets.all.filter { $0.formatName == name }.flatMap(\.samples) + ownSamples

  private static let ownSamples: [Sample] = [
    Sample(
      FormatDescription(
        fields: [
          FieldMapping(field: "time", paths: ["t"], unit: "epoch_s"),
          FieldMapping(field: "request", paths: ["r"]),
          FieldMapping(field: "status", paths: ["s"]),
          FieldMapping(field: "latency", paths: ["l"], unit: "s"),
        ], identity: [IdentityField(field: "a.b.key", isSecret: true)]),
      #" { "t" : "1.795290709e9" , "x" : [ 1 , { "t" : 5 } , [] ] , "r" : "GET / HTTP/1.1", "s":"499","S":200,"l":5.8e-2,"a":{"b":{"key":["k1","k2"]}} } "#,
      Sample.Expected(
        time: EventTime(seconds: 1_795_290_709), method: "GET", path: "/", status: 499,
        latencyMicroseconds: 58_000, identity: "k1"))
  ]
}
