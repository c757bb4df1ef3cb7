import CSystem
import Glibc

/// The signals that ask a whole program for something, taken as events on a loop. Nothing runs
/// in a signal handler.
/// Guard: confinement to `loop`.
package final class Signals: ReadinessHandler, @unchecked Sendable {
  private let loop: EventLoop
  private var descriptor: Int32
  private var arrived: [Signal] = []
  private var news = Gate()

  private static let watched: [Signal] = [.terminate, .interrupt, .hangUp]

  /// Keeps the watched signals from ending the process. Call on the main thread before any other
  /// thread starts: a thread has the mask of the one that made it.
  package static func block() {
    var set = Self.set
    pthread_sigmask(SIG_BLOCK, &set, nil)
    ignoreBrokenPipes()
  }

  /// Lets them end the process again, wherever it stands: for programs that do not watch. Enough
  /// on one thread, since a signal goes to any that does not block it.
  package static func unblock() {
    var set = Self.set
    pthread_sigmask(SIG_UNBLOCK, &set, nil)
  }

  /// A broken pipe is an error of the write that met it, not a reason to die.
  package static func ignoreBrokenPipes() { _ = brokenPipes }

  private static let brokenPipes: Void = { _ = signal(SIGPIPE, SIG_IGN) }()

  /// On the loop.
  package init(on loop: EventLoop) throws(SystemError) {
    self.loop = loop
    var set = Self.set
    descriptor = signalfd(-1, &set, Int32(SFD_NONBLOCK) | Int32(SFD_CLOEXEC))
    guard descriptor >= 0 else { throw SystemError("watching for signals") }
    do throws(SystemError) {
      try loop.register(descriptor, for: .read, self)
    } catch {
      Glibc.close(descriptor)
      throw error
    }
  }

  /// Waits for the next signal. One waiter at a time; on the loop. Fails with `.cancelled` when
  /// the task is, and with `.closed` after `close`.
  package func next() async throws(SystemError) -> Signal {
    loop.checkIsCurrent("next")
    while true {
      if !arrived.isEmpty { return arrived.removeFirst() }
      if descriptor < 0 { throw SystemError(.closed, "nobody watches for signals any more") }
      if Task.isCancelled { throw SystemError(.cancelled, "waiting for a signal was cancelled") }
      news = Gate()
      await news.wait()
    }
  }

  package func ready(_ events: Readiness) {
    var information = signalfd_siginfo()
    let size = MemoryLayout<signalfd_siginfo>.size
    while read(descriptor, &information, size) == size {
      arrived.append(Signal(number: Int32(information.ssi_signo)))
    }
    news.open()
  }

  package func close() {
    loop.checkIsCurrent("close")
    guard descriptor >= 0 else { return }
    loop.unregister(descriptor)
    Glibc.close(descriptor)
    descriptor = -1
    news.open()
  }

  private static var set: sigset_t {
    var set = sigset_t()
    sigemptyset(&set)
    for signal in watched { sigaddset(&set, signal.number) }
    return set
  }
}
