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

  private var buffer: UnsafeMutableRawPointer?

  /// What nghttp2 calls. It keeps a copy, and the pointer to this object in it.
  var functions: nghttp2_mem {
    nghttp2_mem(
      mem_user_data: Unmanaged.passUnretained(self).toOpaque(),
      malloc: { size, user in FrameMemory.of(user).reallocate(nil, size) },
      free: { pointer, user in FrameMemory.of(user).free(pointer) },
      calloc: { count, size, _ in calloc(count, size) },
      realloc: { pointer, size, user in FrameMemory.of(user).reallocate(pointer, size) })
  }

  private static func of(_ user: UnsafeMutableRawPointer?) -> FrameMemory {
    guard let user else { preconditionFailure("nghttp2 forgot whose memory it wants") }
    return Unmanaged<FrameMemory>.fromOpaque(user).takeUnretainedValue()
  }

  private func reallocate(
    _ pointer: UnsafeMutableRawPointer?, _ size: Int
  ) -> UnsafeMutableRawPointer? {
    guard let pointer else {
      if buffer == nil, Self.bufferBytes.contains(size), let pages = Self.map() {
        buffer = pages
        return pages
      }
      return malloc(size)
    }
    guard pointer == buffer else { return realloc(pointer, size) }
    if size <= Self.mappedBytes { return pointer }
    guard let larger = malloc(size) else { return nil }
    memcpy(larger, pointer, Self.mappedBytes)
    free(pointer)
    return larger
  }

  private func free(_ pointer: UnsafeMutableRawPointer?) {
    guard let pointer, pointer == buffer else {
      Glibc.free(pointer)
      return
    }
    munmap(pointer, Self.mappedBytes)
    buffer = nil
  }

  private static func map() -> UnsafeMutableRawPointer? {
    let pages = mmap(
      nil, mappedBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | Int32(MAP_ANONYMOUS), -1, 0)
    return pages == MAP_FAILED ? nil : pages
  }
}
