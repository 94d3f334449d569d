import Glibc

/// Time that a processor spent on this program, nanoseconds: others may run at the same time.
enum ProcessorTime {
  case thread
  case process

  var nanoseconds: Int {
    var time = timespec()
    clock_gettime(self == .thread ? CLOCK_THREAD_CPUTIME_ID : CLOCK_PROCESS_CPUTIME_ID, &time)
    return time.tv_sec * 1_000_000_000 + time.tv_nsec
  }
}
