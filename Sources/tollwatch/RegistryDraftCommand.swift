import AccessLog
import ArgumentParser
import Foundation
import LogSurvey
import Terminal

/// Writes a registry to fill in, from what logs say of the keys.
struct RegistryDraftCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "draft",
    abstract: "Writes a registry to fill in: the keys seen, how fast they call, a tier for each.",
    discussion: """
      Each key comes with its requests, its busiest second, its networks and routes as comments; \
      keys whose names begin alike, or that call from one network, are given one supplier. \
      Secrets are written as fingerprints only. The file loads as it is.

        tollwatch registry draft /var/log/nginx/ -o registry.yaml
        tollwatch registry draft --identity '$http_x_api_key' --log-format '…' access.log.gz
        tollwatch check --registry registry.yaml
        tollwatch replay --registry registry.yaml /var/log/nginx/
      """)

  @OptionGroup var input: InputOptions

  @Option(
    name: .shortAndLong, help: "The file to write, which must not be there; else standard output.")
  var output: String?

  @Argument(help: "Files, globs, folders, or - for standard input.")
  var logs: [String] = []

  func validate() throws {
    if logs.isEmpty, input.config == nil {
      throw ValidationError("Name a LOG, or a --config that names its logs.")
    }
  }

  func run() async throws {
    try await Stop.catchingAsync {
      if let output, FileManager.default.fileExists(atPath: output) {
        throw Stop(ExitStatus.usage, "\(output): is there already; choose another name")
      }
      var options = input.replayOptions(logs: logs)
      // Whose a key is does not matter here, and a registry that cannot be read least of all.
      options.usesRegistry = false
      let plan = try ReplayPlan(options)
      for note in plan.notes { StandardError.writeLine(note) }
      let text = try await draft(plan)
      try write(text)
    }
  }

  private func draft(_ plan: ReplayPlan) async throws -> String {
    let fingerprints = plan.fingerprints
    var survey = TrafficSurvey(hash: fingerprints.tableHash) { fingerprints.name(for: $0) }
    let walk = LogWalk(plan)
    var malformedCount = 0
    var trailingTextCount = 0
    try await walk.run { step, _ in
      guard case .batch(let batch) = consume step else { return nil }
      malformedCount += batch.malformed.count
      trailingTextCount += batch.trailingTextCount
      survey.observe(batch)
      walk.give(batch)
      return nil
    }
    guard survey.recordCount > 0 else {
      throw Stop(
        malformedCount > 0 ? ExitStatus.configuration : ExitStatus.noInput,
        "not one line of the logs is a record; 'tollwatch check' and their paths show where they stop to fit"
      )
    }
    let paths = plan.segmentPaths.values.reduce(0) { $0 + $1.count }
    let draft = RegistryDraft(
      origin: Quantity.count(paths, "file"), fingerprintKeyID: fingerprints.identifier,
      identityHint: plan.sources.compactMap(\.identityHint).first,
      goesOn: trailingTextCount * 2 > survey.recordCount,
      options: registryOptions, logs: logs.isEmpty ? "" : ShellText.command(logs))
    return draft.text(of: survey)
  }

  /// Names the draft to other commands, with the key that its fingerprints were made with.
  private var registryOptions: String {
    let key = input.fingerprintKey.map { ["--fingerprint-key", $0] } ?? []
    let lines = input.replayOptions(logs: logs).inputWords
    return ShellText.command(lines + key + ["--registry", output ?? "registry.yaml"])
  }

  private func write(_ text: String) throws(Stop) {
    do {
      guard let output else {
        return try FileHandle.standardOutput.write(contentsOf: Data(text.utf8))
      }
      try Data(text.utf8).write(to: URL(filePath: output), options: .withoutOverwriting)
      StandardError.writeLine(
        "wrote \(output); fill in what only you know, then: tollwatch check "
          + registryOptions)
    } catch {
      throw Stop(
        ExitStatus.failed, "\(output ?? "standard output"): \(error.localizedDescription)")
    }
  }
}
