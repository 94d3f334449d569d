import Foundation
import Ingest
import RuleFiles

/// The listeners of all sources that have one, by the name of the source.
struct SourceListeners {
  private var listeners: [(name: String, listener: LineListener)] = []

  /// Opens everything, or says what cannot be opened.
  init(_ plan: LivePlan) throws(Stop) {
    for source in plan.sources where !source.listen.isEmpty {
      do {
        try FileManager.default.createDirectory(
          atPath: plan.spoolFolder, withIntermediateDirectories: true,
          attributes: [.posixPermissions: 0o700])
        let inlets = try source.listen.map(Self.open)
        let listener = try LineListener(
          inlets, spoolFolder: plan.spoolFolder, name: source.name,
          bytesMax: source.spoolBytesMax)
        listeners.append((source.name, listener))
      } catch { throw Stop(ExitStatus.failed, "\(source.name): cannot listen: \(error)") }
    }
  }

  private static func open(_ address: ListenAddress) throws(IngestError) -> Inlet {
    switch address {
    case .unixDatagrams(let path): try .unix(path, isStream: false)
    case .unixStream(let path): try .unix(path, isStream: true)
    case .udp(let host, let port): try .port(port, of: host, isStream: false)
    case .tcp(let host, let port): try .port(port, of: host, isStream: true)
    case .pipe(let path): try .pipe(path)
    case .standardInput: .standardInput()
    }
  }

  /// `nil` where the source does not listen.
  func counts(of source: String) -> LineListener.Counts? {
    listeners.first { $0.name == source }?.listener.counts
  }

  /// What came is kept; what comes from now on is for the next process.
  func stop() {
    for (_, listener) in listeners { listener.stop() }
  }
}
