/// The memory of a guest during one call: every address is checked against its end. WebAssembly is
/// little-endian, as every machine that we run on.
struct GuestMemory {
  let bytes: UnsafeMutableRawBufferPointer

  /// One piece of a gathered read or write (`iovec` and `ciovec`).
  struct Piece {
    var address: UInt32
    var count: UInt32
  }

  /// At most this many pieces in one call (IOV_MAX).
  static let maximumPieces: UInt32 = 1024

  func range(_ address: UInt32, _ count: Int) throws(WasiErrno) -> UnsafeMutableRawBufferPointer {
    let start = Int(address)
    guard count >= 0, start <= bytes.count, count <= bytes.count - start else { throw .fault }
    return UnsafeMutableRawBufferPointer(rebasing: bytes[start..<start + count])
  }

  func load<T: BitwiseCopyable>(_: T.Type, _ address: UInt32) throws(WasiErrno) -> T {
    try range(address, MemoryLayout<T>.size).loadUnaligned(as: T.self)
  }

  func store<T: BitwiseCopyable>(_ value: T, _ address: UInt32) throws(WasiErrno) {
    try range(address, MemoryLayout<T>.size).storeBytes(of: value, as: T.self)
  }

  func store(_ values: [UInt8], _ address: UInt32) throws(WasiErrno) {
    try range(address, values.count).copyBytes(from: values)
  }

  /// A path or a name: UTF-8 without a null byte.
  func text(_ address: UInt32, _ count: UInt32) throws(WasiErrno) -> String {
    let bytes = try range(address, Int(count))
    guard let text = String(validating: bytes, as: UTF8.self) else { throw .illegalSequence }
    if text.utf8.contains(0) { throw .illegalSequence }
    return text
  }

  func pieces(_ address: UInt32, _ count: UInt32) throws(WasiErrno) -> [Piece] {
    if count > Self.maximumPieces { throw .invalid }
    _ = try range(address, Int(count) * 8)
    var pieces: [Piece] = []
    pieces.reserveCapacity(Int(count))
    for index in 0..<count {
      let place = address + index * 8
      pieces.append(
        Piece(address: try load(UInt32.self, place), count: try load(UInt32.self, place + 4)))
    }
    return pieces
  }
}
