import CNGHTTP2
import Glibc
import IO

/// Where nghttp2 takes a session's memory from: the heap, but for one buffer, and with a stock of
/// freed blocks before it.
///
/// Every session keeps 16 KiB for frames it is about to send, of which ours touches the first
/// hundred bytes, because bodies go around it. On the heap the buffer lies where the handshake had
/// its own, on pages that stay resident; taken from the kernel, it costs the one page that is
/// touched. An idle connection is a quarter smaller for it.
///
/// A request costs nghttp2 eight blocks, and a batch of requests more than the heap keeps at hand
/// for one thread: so what is freed goes to the loop's `BlockStock` first.
///
/// Guard: confinement to the loop of its session, which it must outlive; the end may come on any
/// thread, after `prepareToEnd`.
final class FrameMemory {
  /// One frame of payload, its head and what nghttp2 puts before it.
  private static let bufferBytes = 16 * 1024...17 * 1024
  private static let mappedBytes = 20 * 1024

  fileprivate typealias Pointer = UnsafeMutableRawPointer

  /// nghttp2 is given a pointer to this and no object, whose references would be counted with
  /// every call.
  private struct Place {
    var buffer: Pointer?
    var stock: BlockStock.Shelves?
  }

  private let place = UnsafeMutablePointer<Place>.allocate(capacity: 1)
  private let stock: BlockStock
  private let loop: EventLoop

  init(on loop: EventLoop) {
    self.loop = loop
    stock = loop.shared { BlockStock() }
    place.initialize(to: Place(buffer: nil, stock: stock.shelves))
  }

  deinit { place.deallocate() }

  /// Before the session goes: elsewhere than on its loop it must not touch the stock.
  func prepareToEnd() {
    if EventLoop.current !== loop { place.pointee.stock = nil }
  }

  /// What nghttp2 calls. It keeps a copy.
  var functions: nghttp2_mem {
    nghttp2_mem(
      mem_user_data: place,
      malloc: { size, place in FrameMemory.allocate(size, place) },
      free: { pointer, place in FrameMemory.release(pointer, place) },
      calloc: { count, size, place in
        // nghttp2 counts in small numbers: the product cannot overflow.
        guard let pointer = FrameMemory.allocate(count * size, place) else { return nil }
        memset(pointer, 0, count * size)
        return pointer
      },
      realloc: { pointer, size, place in FrameMemory.reallocate(pointer, size, place) })
  }

  @inline(__always)
  private static func with(_ user: Pointer?) -> UnsafeMutablePointer<Place> {
    user.unsafelyUnwrapped.assumingMemoryBound(to: Place.self)
  }

  private static func allocate(_ size: Int, _ user: Pointer?) -> Pointer? {
    let place = with(user)
    if let block = place.pointee.stock?.take(size) { return block }
    if bufferBytes.contains(size), place.pointee.buffer == nil, let pages = map() {
      place.pointee.buffer = pages
      return pages
    }
    return malloc(size)
  }

  private static func release(_ pointer: Pointer?, _ user: Pointer?) {
    guard let pointer else { return }
    let place = with(user)
    if place.pointee.buffer == pointer {
      munmap(pointer, mappedBytes)
      place.pointee.buffer = nil
    } else if place.pointee.stock?.put(pointer) != true {
      free(pointer)
    }
  }

  private static func reallocate(
    _ pointer: Pointer?, _ size: Int, _ user: Pointer?
  ) -> Pointer? {
    guard let pointer else { return allocate(size, user) }
    guard with(user).pointee.buffer == pointer else { return realloc(pointer, size) }
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

/// Freed blocks of the heap by size, a stack for each size; at most 128 KiB in all.
/// Guard: confinement to one loop.
final class BlockStock {
  /// The stacks themselves, for callers that may hold no object.
  struct Shelves {
    /// Sixteen bytes a step, as the heap's own sizes are.
    fileprivate static let count = 40
    fileprivate static let limit = 128 * 1024

    fileprivate let tops: UnsafeMutablePointer<UnsafeMutableRawPointer?>
    fileprivate let bytes: UnsafeMutablePointer<Int>

    /// The heap's blocks hold 24 bytes, 40, 56 and so on.
    @inline(__always)
    func take(_ size: Int) -> UnsafeMutableRawPointer? {
      let shelf = max(1, (size + 7) >> 4)
      guard shelf < Self.count else { return nil }
      guard let block = tops[shelf] else { return malloc(shelf << 4 + 8) }
      tops[shelf] = block.load(as: UnsafeMutableRawPointer?.self)
      bytes.pointee -= shelf << 4
      return block
    }

    /// False when the block goes back to the heap.
    @inline(__always)
    func put(_ block: UnsafeMutableRawPointer) -> Bool {
      let shelf = (malloc_usable_size(block) - 8) >> 4
      guard shelf > 0, shelf < Self.count, bytes.pointee < Self.limit else { return false }
      block.storeBytes(of: tops[shelf], as: UnsafeMutableRawPointer?.self)
      tops[shelf] = block
      bytes.pointee += shelf << 4
      return true
    }
  }

  let shelves: Shelves

  init() {
    let tops = UnsafeMutablePointer<UnsafeMutableRawPointer?>.allocate(capacity: Shelves.count)
    tops.initialize(repeating: nil, count: Shelves.count)
    let bytes = UnsafeMutablePointer<Int>.allocate(capacity: 1)
    bytes.initialize(to: 0)
    shelves = Shelves(tops: tops, bytes: bytes)
  }

  deinit {
    for shelf in 0..<Shelves.count {
      while let block = shelves.tops[shelf] {
        shelves.tops[shelf] = block.load(as: UnsafeMutableRawPointer?.self)
        free(block)
      }
    }
    shelves.tops.deallocate()
    shelves.bytes.deallocate()
  }
}
