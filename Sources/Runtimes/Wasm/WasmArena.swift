import CWasm
import Glibc

/// Where the memory of a guest lies: one reservation, large enough for all addresses of 32 bits and
/// the guard behind them, so that compiled code needs no checks of bounds, used by one guest after
/// the other.
///
/// It is ours rather than the engine's because only who grows a memory knows that it refused to:
/// that is how a guest that ran out of memory is told from one that failed otherwise.
final class WasmArena {
  /// The most bytes of the guest to come.
  var limit = 0
  /// The size that a guest asked for and did not get.
  private(set) var refused: Int?
  /// The size of the memory of the guest, or of the last one.
  private(set) var size = 0

  private var start: UnsafeMutableRawPointer?
  private var reserved = 0
  /// How much may be read and written.
  private var open = 0
  private var isTaken = false
  private let library: WasmLibrary

  init(_ library: WasmLibrary) { self.library = library }

  deinit {
    if let start { munmap(start, reserved) }
  }

  /// Begins anew, for the next guest.
  func reset(limit: Int) {
    self.limit = limit
    refused = nil
    size = 0
  }

  /// Tells the engine to take its memories from here. This must outlive the engine.
  func serve(_ config: OpaquePointer) {
    var creator = wasmtime_memory_creator_t(
      env: Unmanaged.passUnretained(self).toOpaque(),
      new_memory: { env, _, minimum, _, reserved, guardBytes, memory in
        guard let env, let memory else { return nil }
        let arena = Unmanaged<WasmArena>.fromOpaque(env).takeUnretainedValue()
        return arena.make(minimum, reserved: reserved + guardBytes, memory)
      },
      finalizer: { _ in })
    library.call.wasmtime_config_host_memory_creator_set(config, &creator)
  }

  private func make(
    _ minimum: Int, reserved: Int, _ memory: UnsafeMutablePointer<wasmtime_linear_memory_t>
  ) -> OpaquePointer? {
    guard !isTaken, reserve(reserved), resize(minimum) else {
      return library.call.wasmtime_error_new("the memory of a guest is larger than its limit")
    }
    isTaken = true
    memory.pointee = wasmtime_linear_memory_t(
      env: Unmanaged.passUnretained(self).toOpaque(),
      get_memory: { env, size, capacity in
        guard let env else { return nil }
        let arena = Unmanaged<WasmArena>.fromOpaque(env).takeUnretainedValue()
        size?.pointee = arena.size
        capacity?.pointee = arena.reserved
        return arena.start?.assumingMemoryBound(to: UInt8.self)
      },
      grow_memory: { env, size in
        guard let env else { return nil }
        let arena = Unmanaged<WasmArena>.fromOpaque(env).takeUnretainedValue()
        return arena.resize(size) ? nil : arena.library.call.wasmtime_error_new("no more memory")
      },
      finalizer: { env in
        guard let env else { return }
        Unmanaged<WasmArena>.fromOpaque(env).takeUnretainedValue().release()
      })
    return nil
  }

  private func reserve(_ count: Int) -> Bool {
    if reserved >= count { return true }
    if let start { munmap(start, reserved) }
    (start, reserved, open) = (nil, 0, 0)
    let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
    let place = mmap(nil, count, PROT_NONE, flags, -1, 0)
    guard let place, place != MAP_FAILED else { return false }
    (start, reserved) = (place, count)
    return true
  }

  /// False, and noted, when that is more than the guest may have.
  private func resize(_ count: Int) -> Bool {
    guard count <= limit, let start else {
      refused = count
      return false
    }
    if count > open {
      if mprotect(start + open, count - open, PROT_READ | PROT_WRITE) != 0 {
        refused = count
        return false
      }
      open = count
    } else if count < open {
      // Beyond its end a guest must meet a wall.
      if mprotect(start + count, open - count, PROT_NONE) != 0 { return false }
      open = count
    }
    size = count
    return true
  }

  /// The next guest finds nothing of this one.
  private func release() {
    isTaken = false
    guard let start, open > 0 else { return }
    if madvise(start, open, MADV_DONTNEED) != 0 {
      munmap(start, reserved)
      (self.start, reserved, open) = (nil, 0, 0)
    }
  }
}
