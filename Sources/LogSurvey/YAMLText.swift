/// Text of a log inside a YAML file: as a value that reads back as it was, or in a comment that
/// ends where its line does.
enum YAMLText {
  /// In double quotes, with escapes for all that is not plainly a letter, a digit or a mark.
  static func quoted(_ text: String) -> String {
    var output = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": output += "\\\(scalar)"
      case _ where isPlain(scalar): output.unicodeScalars.append(scalar)
      case _ where scalar.value <= 0xff: output += "\\x" + hexadecimal(scalar, digitCount: 2)
      case _ where scalar.value <= 0xffff: output += "\\u" + hexadecimal(scalar, digitCount: 4)
      default: output += "\\U" + hexadecimal(scalar, digitCount: 8)
      }
    }
    return output + "\""
  }

  /// A word that needs no quotes stays bare.
  static func word(_ text: String) -> String {
    guard let first = text.utf8.first, isLetter(first), text.utf8.count <= 64,
      text.utf8.allSatisfy({ isLetter($0) || (0x30...0x39).contains($0) || $0 == 0x2d }),
      !["null", "true", "false", "yes", "no", "on", "off", "y", "n"].contains(text.lowercased())
    else { return quoted(text) }
    return text
  }

  /// Without line ends and what else YAML or a terminal would act on.
  static func comment(_ text: String) -> String {
    var output = ""
    for scalar in text.unicodeScalars {
      if isPlain(scalar) {
        output.unicodeScalars.append(scalar)
      } else {
        output += "\\u{\(String(scalar.value, radix: 16))}"
      }
    }
    return output
  }

  private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII { return (0x20..<0x7f).contains(scalar.value) }
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .spaceSeparator, .privateUse,
      .unassigned, .surrogate, .nonspacingMark, .enclosingMark:
      return false
    default: return true
    }
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
  }

  private static func hexadecimal(_ scalar: Unicode.Scalar, digitCount: Int) -> String {
    let digits = String(scalar.value, radix: 16)
    return String(repeating: "0", count: max(0, digitCount - digits.count)) + digits
  }
}
