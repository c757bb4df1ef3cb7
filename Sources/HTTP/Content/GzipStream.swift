import CZlib

/// Compresses a stream of bytes into gzip. Owns the state of the C library.
package struct GzipCompressor: ~Copyable {
  private let stream: UnsafeMutablePointer<z_stream>

  /// Levels go from 1 (fast) to 9 (small).
  package init(level: Int = 6) throws(MessageError) {
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    let status = apus_deflate_gzip_init(stream, Int32(min(9, max(1, level))))
    guard status == Z_OK else {
      stream.deallocate()
      throw MessageError(
        .misuse, "the compressor could not be set up (code \(status)); is memory left?",
        status: .internalError)
    }
  }

  deinit {
    deflateEnd(stream)
    stream.deallocate()
  }

  /// Compressed bytes so far, perhaps none. With `flushes` everything given can be read by the
  /// other side now, at some cost in size.
  package mutating func compress(
    _ bytes: [UInt8], flushes: Bool = false
  ) throws(MessageError) -> [UInt8] {
    try run(bytes, flushes ? Z_SYNC_FLUSH : Z_NO_FLUSH)
  }

  /// What is left, and the end of the stream.
  package mutating func finish() throws(MessageError) -> [UInt8] { try run([], Z_FINISH) }

  private mutating func run(_ bytes: [UInt8], _ mode: Int32) throws(MessageError) -> [UInt8] {
    var out: [UInt8] = []
    var status = Z_OK
    let stream = stream
    bytes.withUnsafeBufferPointer { input in
      stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
      stream.pointee.avail_in = UInt32(input.count)
      repeat {
        status = ZlibBuffer.append(to: &out, size: max(256, min(bytes.count, 64 * 1024))) { space in
          stream.pointee.next_out = space.baseAddress
          stream.pointee.avail_out = UInt32(space.count)
          let status = deflate(stream, mode)
          return (status, space.count - Int(stream.pointee.avail_out))
        }
      } while status == Z_OK && stream.pointee.avail_out == 0
    }
    stream.pointee.next_in = nil
    // Z_BUF_ERROR says that there was nothing left to do.
    guard status == Z_OK || status == Z_BUF_ERROR || status == Z_STREAM_END else {
      throw MessageError(
        .misuse, "the compressor failed (code \(status))", status: .internalError)
    }
    return out
  }
}

/// Expands gzip, up to a limit: a few bytes can otherwise become gigabytes.
package struct GzipDecompressor: ~Copyable {
  private let stream: UnsafeMutablePointer<z_stream>
  private let limit: Int
  private var produced = 0
  private var isAtEnd = false

  package init(limit: Int) throws(MessageError) {
    self.limit = limit
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    let status = apus_inflate_gzip_init(stream)
    guard status == Z_OK else {
      stream.deallocate()
      throw MessageError(
        .misuse, "the decompressor could not be set up (code \(status)); is memory left?",
        status: .internalError)
    }
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
  }

  /// The bytes so far. Behind the end of a stream nothing may follow.
  package mutating func decompress(_ bytes: [UInt8]) throws(MessageError) -> [UInt8] {
    guard !bytes.isEmpty else { return [] }
    guard !isAtEnd else { throw Self.fault }
    var out: [UInt8] = []
    var status = Z_OK
    let (stream, room) = (stream, limit - produced)
    bytes.withUnsafeBufferPointer { input in
      stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
      stream.pointee.avail_in = UInt32(input.count)
      repeat {
        // One byte beyond the limit tells a body that fills it from one that exceeds it.
        let size = min(max(256, min(bytes.count * 4, 64 * 1024)), room - out.count + 1)
        status = ZlibBuffer.append(to: &out, size: size) { space in
          stream.pointee.next_out = space.baseAddress
          stream.pointee.avail_out = UInt32(space.count)
          let status = inflate(stream, Z_NO_FLUSH)
          return (status, space.count - Int(stream.pointee.avail_out))
        }
      } while status == Z_OK && stream.pointee.avail_out == 0 && out.count <= room
    }
    let left = stream.pointee.avail_in
    stream.pointee.next_in = nil
    produced += out.count
    guard produced <= limit else {
      throw MessageError(
        .tooLarge, "the body is larger than the \(limit) bytes allowed here once it is expanded",
        status: .contentTooLarge)
    }
    guard status == Z_OK || status == Z_BUF_ERROR || status == Z_STREAM_END else {
      throw Self.fault
    }
    isAtEnd = status == Z_STREAM_END
    guard !isAtEnd || left == 0 else { throw Self.fault }
    return out
  }

  /// Call behind the last bytes: a stream that was cut short is an error.
  package mutating func finish() throws(MessageError) {
    guard isAtEnd else { throw MessageError(.malformed, "the compressed body was cut short") }
  }

  private static var fault: MessageError {
    MessageError(.malformed, "the body is not valid gzip")
  }
}

private enum ZlibBuffer {
  /// Lends `size` bytes behind `out` and keeps as many as `body` says it filled.
  static func append(
    to out: inout [UInt8], size: Int,
    _ body: (UnsafeMutableBufferPointer<UInt8>) -> (status: Int32, count: Int)
  ) -> Int32 {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: size) { space in
      let (status, count) = body(space)
      out.append(contentsOf: space[0..<count])
      return status
    }
  }
}
