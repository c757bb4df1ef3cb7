import COpenSSL

/// Bytes nobody can guess. Traps when the system has none: nothing could go on safely then.
package enum SecureRandom {
  package static func fill(_ bytes: UnsafeMutableRawBufferPointer) {
    if bytes.isEmpty { return }
    CryptoLibrary.start()
    let status = RAND_priv_bytes(
      bytes.bindMemory(to: UInt8.self).baseAddress, Int32(exactly: bytes.count) ?? -1)
    CryptoLibrary.require(status, "draw random bytes")
  }

  package static func bytes(_ count: Int) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      fill(UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[..<count]))
      filled = count
    }
  }
}
