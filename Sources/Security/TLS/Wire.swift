import COpenSSL
import Primitives

// # The wire
//
// OpenSSL reads and writes through a BIO. This one reads straight from bytes somebody lent and
// appends what is written to a buffer that exists only while something waits in it, so that an
// idle session holds neither. Memory BIOs would copy once more and keep their buffers for ever.

/// What one session's BIO and certificate check work with. Reached by pointer from C.
struct Wire {
  /// What the other side has to prove.
  enum Expectation {
    /// Any node: its key is taken as it is.
    case anyNode
    case node(NodeID)
    /// A chain to a trusted root and a host name.
    case chain
  }

  var expectation: Expectation
  /// The key of a node that was not the expected one.
  var refused: NodeID?

  private var input: UnsafeRawBufferPointer.SubSequence = UnsafeRawBufferPointer(
    start: nil, count: 0)[...]
  private var output: UnsafeMutableRawPointer?
  private var capacity = 0
  private var start = 0
  private var end = 0
  private let outputLimit: Int

  init(expectation: Expectation, outputLimit: Int) {
    self.expectation = expectation
    self.outputLimit = outputLimit
  }

  // MARK: - In

  mutating func lend(_ bytes: UnsafeRawBufferPointer) { input = bytes[...] }

  /// Takes back what was not read.
  mutating func takeBack() -> UnsafeRawBufferPointer {
    let rest = UnsafeRawBufferPointer(rebasing: input)
    input = UnsafeRawBufferPointer(start: nil, count: 0)[...]
    return rest
  }

  fileprivate mutating func read(_ bytes: UnsafeMutableRawPointer, _ count: Int) -> Int {
    let part = input.prefix(count)
    UnsafeMutableRawBufferPointer(start: bytes, count: part.count).copyMemory(
      from: UnsafeRawBufferPointer(rebasing: part))
    input = input.dropFirst(part.count)
    return part.count
  }

  // MARK: - Out

  var pending: UnsafeRawBufferPointer {
    guard let output else { return UnsafeRawBufferPointer(start: nil, count: 0) }
    return UnsafeRawBufferPointer(start: output + start, count: end - start)
  }

  mutating func dropPending(_ count: Int) {
    precondition(count <= end - start, "more left than was there")
    start += count
    if start == end { freeOutput() }
  }

  mutating func freeOutput() {
    output?.deallocate()
    (output, capacity, start, end) = (nil, 0, 0, 0)
  }

  /// Makes room for `count` more bytes. False when that is beyond the limit.
  mutating func reserve(_ count: Int) -> Bool {
    if capacity - end >= count { return true }
    let used = end - start
    guard used + count <= outputLimit else { return false }
    let larger = UnsafeMutableRawPointer.allocate(byteCount: used + count, alignment: 64)
    if let output {
      larger.copyMemory(from: output + start, byteCount: used)
      output.deallocate()
    }
    (output, capacity, start, end) = (larger, used + count, 0, used)
    return true
  }

  fileprivate mutating func write(_ bytes: UnsafeRawPointer, _ count: Int) -> Bool {
    guard reserve(count), let output else { return false }
    (output + end).copyMemory(from: bytes, byteCount: count)
    end += count
    return true
  }

  // MARK: - The BIO

  /// Made once, never changed, never freed.
  nonisolated(unsafe) private static let method: OpaquePointer = {
    let kind = BIO_get_new_index() | BIO_TYPE_SOURCE_SINK
    let method = CryptoLibrary.require(BIO_meth_new(kind, "apus wire"), "make a BIO")
    BIO_meth_set_create(method) { bio in
      BIO_set_init(bio, 1)
      return 1
    }
    BIO_meth_set_read(method, readWire)
    BIO_meth_set_write(method, writeWire)
    BIO_meth_set_ctrl(method) { _, command, _, _ in command == BIO_CTRL_FLUSH ? 1 : 0 }
    return method
  }()

  /// The BIO does not own the wire, which must outlive it.
  static func makeBIO(_ wire: UnsafeMutablePointer<Wire>) -> OpaquePointer {
    let bio = CryptoLibrary.require(BIO_new(method), "make a BIO")
    BIO_set_data(bio, wire)
    return bio
  }
}

private func readWire(
  _ bio: OpaquePointer?, _ bytes: UnsafeMutablePointer<CChar>?, _ count: Int32
) -> Int32 {
  guard let bytes, let data = BIO_get_data(bio) else { return -1 }
  apus_BIO_clear_retry_flags(bio)
  let taken = data.assumingMemoryBound(to: Wire.self).pointee.read(bytes, Int(count))
  if taken > 0 { return Int32(taken) }
  apus_BIO_set_retry_read(bio)
  return -1
}

private func writeWire(
  _ bio: OpaquePointer?, _ bytes: UnsafePointer<CChar>?, _ count: Int32
) -> Int32 {
  guard let bytes, let data = BIO_get_data(bio) else { return -1 }
  apus_BIO_clear_retry_flags(bio)
  return data.assumingMemoryBound(to: Wire.self).pointee.write(bytes, Int(count)) ? count : -1
}
