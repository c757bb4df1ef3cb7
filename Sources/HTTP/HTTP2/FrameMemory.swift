import CNGHTTP2
import Glibc

/// Where nghttp2 takes a session's memory from: the heap, but for one buffer.
///
/// Every session keeps 16 KiB for frames it is about to send, of which ours touches the first
/// hundred bytes, because bodies go around it. On the heap the buffer lies where the handshake had
/// its own, on pages that stay resident; taken from the kernel, it costs the one page that is
/// touched. An idle connection is a quarter smaller for it.
///
/// Guard: confinement to the loop of its session, which it must outlive.
final class FrameMemory {
  /// One frame of payload, its head and what nghttp2 puts before it.
  private static let bufferBytes = 16 * 1024...17 * 1024
  private static let mappedBytes = 20 * 1024

  private typealias Pointer = UnsafeMutableRawPointer
  /// Holds the buffer, or nothing. nghttp2 is given this and no object, whose references would be
  /// counted with every call.
  private typealias Slot = UnsafeMutablePointer<Pointer?>

  private let slot = Slot.allocate(capacity: 1)

  init() { slot.initialize(to: nil) }

  deinit { slot.deallocate() }

  /// What nghttp2 calls. It keeps a copy.
  var functions: nghttp2_mem {
    nghttp2_mem(
      mem_user_data: slot,
      malloc: { size, slot in FrameMemory.allocate(size, slot) },
      free: { pointer, slot in FrameMemory.release(pointer, slot) },
      calloc: { count, size, _ in calloc(count, size) },
      realloc: { pointer, size, slot in FrameMemory.reallocate(pointer, size, slot) })
  }

  private static func allocate(_ size: Int, _ user: Pointer?) -> Pointer? {
    if bufferBytes.contains(size), let slot = user?.assumingMemoryBound(to: Pointer?.self),
      slot.pointee == nil, let pages = map()
    {
      slot.pointee = pages
      return pages
    }
    return malloc(size)
  }

  private static func isBuffer(_ pointer: Pointer, _ user: Pointer?) -> Bool {
    user?.assumingMemoryBound(to: Pointer?.self).pointee == pointer
  }

  private static func release(_ pointer: Pointer?, _ user: Pointer?) {
    guard let pointer, isBuffer(pointer, user) else {
      free(pointer)
      return
    }
    munmap(pointer, mappedBytes)
    user?.assumingMemoryBound(to: Pointer?.self).pointee = nil
  }

  private static func reallocate(
    _ pointer: Pointer?, _ size: Int, _ user: Pointer?
  ) -> Pointer? {
    guard let pointer else { return allocate(size, user) }
    guard isBuffer(pointer, user) else { return realloc(pointer, size) }
    if size <= mappedBytes { return pointer }
    guard let larger = malloc(size) else { return nil }
    memcpy(larger, pointer, mappedBytes)
    release(pointer, user)
    return larger
  }

  private static func map() -> Pointer? {
    let pages = mmap(
      nil, mappedBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | Int32(MAP_ANONYMOUS), -1, 0)
    return pages == MAP_FAILED ? nil : pages
  }
}
