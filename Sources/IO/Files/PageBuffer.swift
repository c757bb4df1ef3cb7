import Glibc

/// Memory that begins with a page, for bytes on their way from one file to another: copying to and
/// from it costs the kernel half of what it costs elsewhere, and it is used again and again.
/// Guard: whoever has it works on it alone; handing it on hands it over.
package final class PageBuffer: @unchecked Sendable {
  package let capacity: Int
  /// How many bytes count.
  package private(set) var count = 0
  private let start: UnsafeMutableRawPointer

  package init(capacity: Int) {
    self.capacity = capacity
    start = .allocate(byteCount: capacity, alignment: Int(getpagesize()))
  }

  package convenience init(_ bytes: [UInt8]) {
    self.init(capacity: max(1, bytes.count))
    _ = append(bytes[...])
  }

  deinit { start.deallocate() }

  /// Forgets what it held, and takes what `body` says that it has written.
  package func fill<Failure: Error>(
    _ body: (UnsafeMutableRawBufferPointer) throws(Failure) -> Int
  ) throws(Failure) {
    count = try body(UnsafeMutableRawBufferPointer(start: start, count: capacity))
    precondition(0...capacity ~= count, "\(count) bytes in a buffer of \(capacity)")
  }

  /// Puts bytes behind those that count, as many as fit; returns how many.
  package func append(_ bytes: ArraySlice<UInt8>) -> Int {
    let taken = bytes.prefix(capacity - count)
    taken.withUnsafeBytes {
      UnsafeMutableRawBufferPointer(start: start + count, count: $0.count).copyMemory(from: $0)
    }
    count += taken.count
    return taken.count
  }

  package func clear() { count = 0 }

  /// Another one with the same bytes.
  package func copy() -> PageBuffer {
    let other = PageBuffer(capacity: capacity)
    withBytes { bytes in
      other.fill { target in
        target.copyMemory(from: bytes)
        return bytes.count
      }
    }
    return other
  }

  package func withBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(UnsafeRawBufferPointer(start: start, count: count))
  }

  package var array: [UInt8] { withBytes { Array($0) } }
}

extension PageBuffer: Equatable {
  /// Of the bytes that count.
  package static func == (left: PageBuffer, right: PageBuffer) -> Bool {
    left.withBytes { one in
      right.withBytes { other in one.elementsEqual(other) }
    }
  }
}
