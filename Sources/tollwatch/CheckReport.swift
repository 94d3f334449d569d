import AccessLog
import Detection
import Foundation
import LogSurvey
import RuleFiles
import Terminal

/// What a check found, for people and for programs.
struct CheckReport {
  private let check: ConfigurationCheck

  init(_ check: ConfigurationCheck) { self.check = check }

  /// One line.
  var summary: String {
    let faults = check.diagnostics.count { $0.severity == .error }
    let warnings = check.diagnostics.count - faults
    var parts = check.ruleCount > 0 ? [Quantity.count(check.ruleCount, "rule")] : []
    if !check.registry.keys.isEmpty {
      parts.append(Quantity.count(check.registry.keys.count, "key"))
      parts.append(Quantity.count(check.registry.tiers.count, "tier"))
    }
    if check.sourceCount > 0 { parts.append(Quantity.count(check.sourceCount, "source")) }
    let verdict = faults == 0 ? "no faults" : Quantity.count(faults, "fault")
    let more = warnings > 0 ? ", " + Quantity.count(warnings, "warning") : ""
    let what = parts.isEmpty ? "" : ": " + parts.joined(separator: ", ")
    return verdict + more + what
  }

  // MARK: - Text

  /// What is odd, and one line.
  var brief: String { (told + [summary]).joined(separator: "\n") }

  var text: String {
    (told + check.samples.map(Self.text) + [summary]).joined(separator: "\n")
  }

  private var told: [String] { check.diagnostics.map { Self.escaped($0.description) } }

  private static func text(of sample: ConfigurationCheck.Sample) -> String {
    let check = sample.check
    let guess = sample.isGuessed ? " (guessed)" : ""
    let doubt = sample.isUnfit ? " (none fits; it gets farthest)" : guess
    let format = sample.format.map { ", format \($0)\(doubt)" } ?? ""
    var lines = ["source \(sample.name)\(format), \(Quantity.count(check.fileCount, "file"))"]
    lines.append(
      "  \(Quantity.count(check.matchedCount)) of the first \(Quantity.count(check.lineCount, "line")) "
        + "match (\(Quantity.share(check.matchedCount, of: check.lineCount)))")
    lines += identity(sample).map { "  \($0)" }
    if check.trailingTextCount > 0 {
      lines.append(
        "  \(Quantity.count(check.trailingTextCount)) go on after the end of the format")
    }
    if check.disputedCount > 0 {
      lines.append(
        "  in \(Quantity.count(check.disputedCount)) a client wrote what looks like the format's own "
          + "marks: texts whose end nothing tells are left out of them")
    }
    if let better = sample.better {
      lines.append(
        "  \(better.preset.name) reads \(FormatGuess.percent(better.share)) in 100 of them: --format "
          + "\(better.preset.name), or in a configuration format: \(better.preset.name)")
    }
    lines += check.misses.flatMap(text)
    if let skeleton = sample.skeleton { lines += Self.text(of: skeleton) }
    for record in check.records {
      lines.append("  a record:")
      let width = record.map(\.name.count).max() ?? 0
      lines += record.map {
        "    \($0.name)\(String(repeating: " ", count: width - $0.name.count + 2))\($0.value)"
      }
    }
    return lines.map(TerminalText.escaped).joined(separator: "\n")
  }

  private static func identity(_ sample: ConfigurationCheck.Sample) -> [String] {
    let check = sample.check
    guard check.matchedCount > 0 else { return [] }
    guard check.identifiedCount > 0 else {
      return [
        IdentityAdvice.words(
          hint: sample.identityHint, goesOn: check.trailingTextCount * 2 > check.matchedCount)
      ]
    }
    let kind = check.hasSecretIdentity ? "a secret, shown as its fingerprint" : "a name"
    return [
      "the caller is named in \(Quantity.count(check.identifiedCount)) of "
        + "\(Quantity.count(check.matchedCount)) (\(kind))"
    ]
  }

  /// What to write where no format fits.
  private static func text(of skeleton: FormatSkeleton) -> [String] {
    let count = Quantity.count(skeleton.lineCount)
    var lines = [
      "  to start from, made of the first lines; it reads "
        + "\(Quantity.count(skeleton.matchedCount)) of the first \(count):"
    ]
    if let template = skeleton.template {
      lines.append(
        "    --format \(skeleton.formatName) --log-format \(ShellText.word(template))")
      lines.append("  or in a source of a configuration:")
    }
    lines += skeleton.configuration.map { "    \($0)" }
    if skeleton.template?.contains("field_") == true {
      lines.append(
        "  field_1 and so on are what it cannot name; one of them may be the caller: --identity")
    }
    return lines
  }

  /// The shape of the line, in which letters are `a` and digits `9`, with a caret.
  private static func text(of miss: SampleCheck.Miss) -> [String] {
    [
      "  \(miss.file):\(miss.line):\(miss.offset + 1): \(miss.reason)", "    \(miss.shape)",
      "    \(String(repeating: " ", count: miss.shapeOffset))^",
    ]
  }

  private static func escaped(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false)
      .map { TerminalText.escaped(String($0)) }.joined(separator: "\n")
  }

  // MARK: - JSON

  private struct Document: Encodable {
    struct Fault: Encodable {
      var severity: String
      var file: String
      var line: Int?
      var column: Int?
      var message: String
      var suggestion: String?
    }

    struct Miss: Encodable {
      var file: String
      var line: Int
      var offset: Int
      var reason: String
      var shape: String
    }

    struct Source: Encodable {
      var name: String
      var format: String?
      var guessed: Bool
      var files: Int
      var lines: Int
      var matched: Int
      var identified: Int
      var betterFormat: String?
      var skeleton: [String]?
      var misses: [Miss]
      var records: [[String: String]]
    }

    var ok: Bool
    var faults: [Fault]
    var rules: Int
    var keys: Int
    var tiers: Int
    var sources: [Source]
  }

  /// One object, with its keys in a fixed order.
  var json: String {
    let document = Document(
      ok: !check.hasFaults, faults: check.diagnostics.map(Self.fault), rules: check.ruleCount,
      keys: check.registry.keys.count, tiers: check.registry.tiers.count,
      sources: check.samples.map(Self.source))
    return JSONPage.text(document)
  }

  private static func fault(_ diagnostic: Diagnostic) -> Document.Fault {
    Document.Fault(
      severity: diagnostic.severity.rawValue, file: diagnostic.file,
      line: diagnostic.line > 0 ? diagnostic.line : nil,
      column: diagnostic.line > 0 ? diagnostic.column : nil, message: diagnostic.message,
      suggestion: diagnostic.suggestion)
  }

  private static func source(_ sample: ConfigurationCheck.Sample) -> Document.Source {
    let check = sample.check
    return Document.Source(
      name: sample.name, format: sample.format, guessed: sample.isGuessed, files: check.fileCount,
      lines: check.lineCount, matched: check.matchedCount, identified: check.identifiedCount,
      betterFormat: sample.better?.preset.name, skeleton: sample.skeleton?.configuration,
      misses: check.misses.map {
        Document.Miss(
          file: $0.file, line: $0.line, offset: $0.offset, reason: $0.reason, shape: $0.shape)
      },
      records: check.records.map { fields in
        Dictionary(fields.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
      })
  }
}

/// An answer as one JSON object, its keys sorted.
enum JSONPage {
  static func text(_ value: some Encodable) -> String {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    // The one thing that JSON has not; a page must not fail for a number.
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    do {
      return escapingHazards(String(decoding: try encoder.encode(value), as: UTF8.self))
    } catch { preconditionFailure("a page holds nothing that JSON has not: \(error)") }
  }

  /// The encoder escapes the controls that JSON forbids; C1 controls and the marks that turn text
  /// around reach a terminal as well.
  private static func escapingHazards(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      if scalar != "\n", TextHazard.isHazard(scalar) {
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
