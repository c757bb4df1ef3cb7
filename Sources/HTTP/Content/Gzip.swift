/// gzip (RFC 1952) of whole bodies and messages. For streams see `GzipCompressor` and
/// `GzipDecompressor`.
package enum Gzip {
  /// 1 is fastest, 9 is smallest.
  package static func compress(_ bytes: [UInt8], level: Int = 6) throws(MessageError) -> [UInt8] {
    var compressor = try GzipCompressor(level: level)
    var out = try compressor.compress(bytes)
    out.append(contentsOf: try compressor.finish())
    return out
  }

  /// Refuses more than `limit` bytes of output, whatever the input promises.
  package static func decompress(_ bytes: [UInt8], limit: Int) throws(MessageError) -> [UInt8] {
    var decompressor = try GzipDecompressor(limit: limit)
    let out = try decompressor.decompress(bytes)
    try decompressor.finish()
    return out
  }
}
