import CSystem
import Glibc
import Primitives

/// The first task of a process, on a loop, with the main thread waiting for its end.
///
/// An asynchronous `main` would hand the main thread to libdispatch, which unblocks every signal
/// on it (SIGTERM would end the process instead of reaching `Signals`) and keeps a pool of
/// threads that nothing here uses.
package enum RootTask {
  private final class Outcome: @unchecked Sendable {  // guard: written before `done` is posted
    var status: Int32 = 0
    var done = sem_t()
    init() { sem_init(&done, 0, 0) }
    deinit { sem_destroy(&done) }
  }

  /// What each thread's heap keeps of freed memory, and from what size on memory comes from the
  /// kernel and goes back there. Streams of bytes make and free tens of KiB a time; given back
  /// each time, every page of them would be faulted in again, a quarter of what receiving costs.
  private static let keptHeapBytes: Int32 = 4 << 20
  /// Chunks of files, with what stands before their bytes, stay with the heap as well.
  private static let mappedBytes: Int32 = 2 << 20

  /// Returns the status `body` returns. Call on the main thread, before any other starts.
  package static func run(_ body: @escaping @Sendable () async -> Int32) throws(SystemError)
    -> Int32
  {
    apus_tune_heap(keptHeapBytes, mappedBytes)
    let loop = try EventLoop(name: "main")
    let outcome = Outcome()
    loop.execute {
      Task.immediate(executorPreference: loop) {
        outcome.status = await body()
        sem_post(&outcome.done)
      }
    }
    while sem_wait(&outcome.done) != 0 {}  // EINTR
    loop.stop()
    return outcome.status
  }
}
