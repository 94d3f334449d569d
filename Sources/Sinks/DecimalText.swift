import Detection

/// Numbers as in the canonical JSON: no exponent, at most three decimals.
public enum DecimalText {
  public static func text(_ value: Double) -> String {
    var bytes: [UInt8] = []
    JSONText.append(value, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }
}
