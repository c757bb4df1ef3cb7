import CSystem
import Glibc

/// A thread for one attempt. The engine keeps what it knows by thread, and asks the system where a
/// thread's stack is; of the first thread of a process only /proc could say, and a box has none.
enum ScriptThread {
  private final class Work {
    let body: () -> Void
    init(_ body: @escaping () -> Void) { self.body = body }
  }

  /// Runs `body` on a new thread and waits for its end.
  static func run(stackBytes: Int, _ body: () -> Void) throws(RuntimeError) {
    let status = withoutActuallyEscaping(body) { body in
      let work = Unmanaged.passRetained(Work(body))
      var attributes = pthread_attr_t()
      pthread_attr_init(&attributes)
      defer { pthread_attr_destroy(&attributes) }
      pthread_attr_setstacksize(&attributes, stackBytes)
      var thread = pthread_t()
      let status = pthread_create(
        &thread, &attributes,
        { raw in
          // The pointer passed below.
          guard let raw else { return nil }
          Unmanaged<Work>.fromOpaque(raw).takeUnretainedValue().body()
          return nil
        }, work.toOpaque())
      if status == 0 { pthread_join(thread, nil) }
      work.release()
      return status
    }
    if status != 0 {
      throw RuntimeError(.failed, "the system refused to start a thread: error \(status)")
    }
  }
}
