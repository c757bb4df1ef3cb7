#if THREAD_SANITIZER
  import Glibc
#else
  public import Synchronization
#endif

/// Our one lock: a value that is only reached while the lock is held.
///
/// Public, because only public code is compiled into the modules that use it; as `package` each
/// use looked up the type of its value at run time.
///
/// Keep the closure short and synchronous: take the actions out, return, then perform them.
/// `Synchronization.Mutex` gives false positives under the thread sanitizer, so builds with
/// `THREAD_SANITIZER` defined use a pthread mutex instead.
public struct Locked<Value: ~Copyable>: ~Copyable, Sendable {
  #if THREAD_SANITIZER
    @safe private final class Storage: @unchecked Sendable {  // guard: `mutex`
      var mutex = unsafe pthread_mutex_t()
      var value: Value
      init(_ value: consuming Value) {
        self.value = value
        unsafe pthread_mutex_init(&mutex, nil)
      }
      deinit { unsafe pthread_mutex_destroy(&mutex) }
    }
    private let storage: Storage
    public init(_ value: consuming sending Value) { storage = Storage(value) }
    public borrowing func withLock<Result: ~Copyable, Failure: Error>(
      _ body: (inout sending Value) throws(Failure) -> sending Result
    ) throws(Failure) -> sending Result {
      unsafe pthread_mutex_lock(&storage.mutex)
      defer { unsafe pthread_mutex_unlock(&storage.mutex) }
      return try body(&storage.value)
    }
  #else
    @usableFromInline let mutex: Mutex<Value>
    @inlinable public init(_ value: consuming sending Value) { mutex = Mutex(value) }
    @inlinable public borrowing func withLock<Result: ~Copyable, Failure: Error>(
      _ body: (inout sending Value) throws(Failure) -> sending Result
    ) throws(Failure) -> sending Result {
      try mutex.withLock(body)
    }
  #endif
}
