import CZlib

/// gzip (RFC 1952) of whole bodies and messages. Streams are for `GzipStream`.
package enum Gzip {
  /// 1 is fastest, 9 is smallest.
  package static func compress(_ bytes: [UInt8], level: Int32 = 6) throws(MessageError) -> [UInt8] {
    var stream = z_stream()
    guard apus_deflate_gzip_init(&stream, level) == Z_OK else { throw outOfMemory }
    defer { deflateEnd(&stream) }
    let bound = Int(deflateBound(&stream, UInt(bytes.count)))
    return run(&stream, bytes, capacity: bound) { deflate(&$0, Z_FINISH) }.bytes
  }

  /// Refuses more than `limit` bytes of output, whatever the input promises.
  package static func decompress(_ bytes: [UInt8], limit: Int) throws(MessageError) -> [UInt8] {
    var stream = z_stream()
    guard apus_inflate_gzip_init(&stream) == Z_OK else { throw outOfMemory }
    defer { inflateEnd(&stream) }
    var capacity = min(limit, max(1024, bytes.count * 4))
    while true {
      let (output, status) = run(&stream, bytes, capacity: capacity) { inflate(&$0, Z_FINISH) }
      switch status {
      case Z_STREAM_END where stream.avail_in == 0: return output
      case Z_BUF_ERROR where output.count == capacity && capacity < limit:
        // Start over with more room: bodies that expand more than fourfold are rare.
        capacity = min(limit, capacity * 4)
        guard inflateReset(&stream) == Z_OK else { throw outOfMemory }
      case Z_BUF_ERROR where output.count == capacity:
        throw MessageError(
          .tooLarge, "it expands to more than the \(limit) bytes allowed",
          status: .contentTooLarge)
      default:
        throw MessageError(.malformed, "it is no gzip, or cut short")
      }
    }
  }

  private static let outOfMemory = MessageError(
    .tooLarge, "no memory is left for compression", status: .unavailable)

  private static func run(
    _ stream: inout z_stream, _ input: [UInt8], capacity: Int,
    _ step: (inout z_stream) -> Int32
  ) -> (bytes: [UInt8], status: Int32) {
    var status = Z_OK
    let output = [UInt8](unsafeUninitializedCapacity: capacity) { output, count in
      input.withUnsafeBufferPointer { input in
        // zlib declares its input as mutable and does not write to it.
        stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
        stream.avail_in = UInt32(input.count)
        stream.next_out = output.baseAddress
        stream.avail_out = UInt32(capacity)
        status = step(&stream)
        count = capacity - Int(stream.avail_out)
        stream.next_in = nil
      }
    }
    return (output, status)
  }
}
