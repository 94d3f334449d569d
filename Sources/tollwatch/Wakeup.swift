import Detection
import Glibc
import Ingest

/// What a service waits for that has nothing to read: something happens where its logs are, somebody
/// asks, or some time passes.
struct Wakeup {
  /// Where folders tell by themselves, a look now and then is for those that do not.
  private static let watchedMilliseconds: Int32 = 500
  /// Where they do not, and between two looks wherever much is written.
  private static let pollMilliseconds: Int32 = 200

  private let watch: FolderWatch?
  private let control: ControlSocket?

  init(_ plan: LivePlan) {
    watch = FolderWatch(plan.sources.flatMap(\.allPaths))
    control = ControlSocket(besideDatabase: plan.store)
  }

  /// Marks that somebody waits for to be kept.
  func takeMarks() -> [Mark] { control?.takeMarks() ?? [] }
  func confirmMarks() { control?.confirmMarks() }

  /// Waits for nobody who does not ask.
  func answer(_ answer: () -> String) { control?.answer(answer) }

  /// `isQuiet` says that nothing was read for a moment: then what comes next is looked at when it
  /// comes, and else after a pause, because a look costs the same for one line and for many.
  func wait(isQuiet: Bool, answer: () -> String) {
    let watched = isQuiet ? watch?.descriptor : nil
    // A negative one is passed over.
    var requests = [control?.descriptor ?? -1, watched ?? -1].map {
      pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
    }
    let wait = watched != nil ? Self.watchedMilliseconds : Self.pollMilliseconds
    guard poll(&requests, nfds_t(requests.count), wait) > 0 else { return }
    control?.answer(answer)
    watch?.drain()
  }
}
