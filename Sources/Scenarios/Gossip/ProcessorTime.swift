import Glibc

/// Seconds this thread has spent on the processor: what a rate is told by on a shared machine.
enum ProcessorTime {
  static var now: Double {
    var time = timespec()
    unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
