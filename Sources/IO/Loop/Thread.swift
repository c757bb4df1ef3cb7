import CSystem
import Glibc

/// A plain thread, for loops and for calls that block.
enum Thread {
  private final class Start {
    let name: String
    let body: @Sendable () -> Void
    init(name: String, body: @escaping @Sendable () -> Void) {
      self.name = name
      self.body = body
    }
  }

  /// Traps when the machine can make no thread: nothing could go on then.
  static func start(name: String, _ body: @escaping @Sendable () -> Void) {
    var thread = pthread_t()
    let start = Unmanaged.passRetained(Start(name: name, body: body))
    let status = pthread_create(
      &thread, nil,
      { raw in
        // The pointer passed below.
        guard let raw else { return nil }
        let start = Unmanaged<Start>.fromOpaque(raw).takeRetainedValue()
        pthread_setname_np(pthread_self(), String(start.name.prefix(15)))
        start.body()
        return nil
      }, start.toOpaque())
    precondition(status == 0, "the system refused to start a thread")
    pthread_detach(thread)
  }
}
