import Glibc
import Synchronization

/// What a person or the service manager asks for by a signal, as questions that may be asked at
/// any time.
enum Interruption {
  private static let flag = Atomic<Bool>(false)
  private static let reload = Atomic<Bool>(false)

  /// Ctrl-C or SIGTERM came.
  static var isRequested: Bool { flag.load(ordering: .relaxed) }

  /// As if SIGHUP came once more.
  static func askForReload() { reload.store(true, ordering: .relaxed) }

  /// Whether SIGHUP came since this was asked last.
  static func takeReload() -> Bool { reload.exchange(false, ordering: .relaxed) }

  /// From now on the signals end the work in good order; a second one ends the process.
  static func listen() {
    _ = isRequested  // made before a handler may need it
    var action = sigaction()
    action.__sigaction_handler.sa_handler = { _ in
      Interruption.flag.store(true, ordering: .relaxed)
    }
    action.sa_flags = Int32(bitPattern: SA_RESETHAND)
    sigaction(SIGINT, &action, nil)
    sigaction(SIGTERM, &action, nil)
    unblock([SIGINT, SIGTERM])
  }

  /// Whoever started the process may have had them blocked, which is inherited.
  private static func unblock(_ signals: [Int32]) {
    var set = sigset_t()
    sigemptyset(&set)
    for signal in signals { sigaddset(&set, signal) }
    pthread_sigmask(SIG_UNBLOCK, &set, nil)
  }

  /// From now on SIGHUP asks for the configuration to be read again.
  static func listenForReload() {
    _ = takeReload()
    var action = sigaction()
    action.__sigaction_handler.sa_handler = { _ in
      Interruption.reload.store(true, ordering: .relaxed)
    }
    sigaction(SIGHUP, &action, nil)
    unblock([SIGHUP])
  }
}
