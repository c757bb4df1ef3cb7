import Glibc

/// Reading, writing and seeking.
extension Wasi {
  /// `fd_seek`: from where.
  static let fromHere: UInt32 = 1

  /// The most bytes of one call: what a 32-bit answer and every system take.
  private static let maximumBytes = Int(Int32.max)

  func read(
    _ number: UInt32, _ memory: GuestMemory, _ pieces: [GuestMemory.Piece], at offset: UInt64? = nil
  ) throws(WasiErrno) -> UInt32 {
    let descriptor = try self[number]
    guard descriptor.rights.contains(.read) else {
      if case .folder = descriptor.kind { throw .isFolder }
      throw .badDescriptor
    }
    var total = 0
    for piece in pieces {
      let room = try memory.range(piece.address, Int(piece.count))
      if room.isEmpty { continue }
      if total + room.count > Self.maximumBytes { break }
      let count: Int
      switch descriptor.kind {
      case .input:
        if offset != nil { throw .illegalSeek }
        count = readInput(room)
      case .file(let system):
        count = try transfer(room.count, total, offset) { position in
          position.map { pread(system, room.baseAddress, room.count, $0) }
            ?? Glibc.read(system, room.baseAddress, room.count)
        }
      case .output, .folder: throw .badDescriptor
      }
      total += count
      if count < room.count { break }
    }
    return UInt32(total)
  }

  func write(
    _ number: UInt32, _ memory: GuestMemory, _ pieces: [GuestMemory.Piece],
    at offset: UInt64? = nil
  ) throws(WasiErrno) -> UInt32 {
    let descriptor = try self[number]
    guard descriptor.rights.contains(.write) else { throw .badDescriptor }
    var total = 0
    for piece in pieces {
      let bytes = UnsafeRawBufferPointer(try memory.range(piece.address, Int(piece.count)))
      if bytes.isEmpty { continue }
      if total + bytes.count > Self.maximumBytes { break }
      let count: Int
      switch descriptor.kind {
      case .output(let stream):
        if offset != nil { throw .illegalSeek }
        try writeOutput(stream, bytes)
        count = bytes.count
      case .file(let system):
        count = try transfer(bytes.count, total, offset) { position in
          position.map { pwrite(system, bytes.baseAddress, bytes.count, $0) }
            ?? Glibc.write(system, bytes.baseAddress, bytes.count)
        }
      case .input, .folder: throw .badDescriptor
      }
      total += count
      if count < bytes.count { break }
    }
    return UInt32(total)
  }

  /// One system call on a file. An error after bytes that went well is told at the next call.
  private func transfer(
    _ count: Int, _ done: Int, _ offset: UInt64?, _ call: (off_t?) -> Int
  ) throws(WasiErrno) -> Int {
    var position: off_t?
    if let offset {
      guard let start = off_t(exactly: offset), start <= off_t.max - done else { throw .invalid }
      position = start + done
    }
    let result = call(position)
    if result < 0, done > 0 { return 0 }
    return try WasiErrno.check(result)
  }

  func seek(_ number: UInt32, _ offset: Int64, from whence: UInt32) throws(WasiErrno) -> UInt64 {
    let descriptor = try self[number]
    guard whence <= 2 else { throw .invalid }
    switch descriptor.kind {
    case .input, .output: throw .illegalSeek
    case .folder: throw .badDescriptor
    case .file(let system):
      // SEEK_SET, SEEK_CUR and SEEK_END have the numbers that WASI gives them.
      return UInt64(try WasiErrno.check(lseek(system, off_t(offset), Int32(whence))))
    }
  }

  // MARK: The whole file

  private func file(_ number: UInt32, for right: WasiDescriptor.Rights) throws(WasiErrno) -> Int32 {
    let descriptor = try self[number]
    guard case .file(let system) = descriptor.kind else { throw .badDescriptor }
    guard descriptor.rights.contains(right) else { throw .invalid }
    return system
  }

  func advise(_ number: UInt32, advice: UInt32) throws(WasiErrno) {
    guard case .file = try self[number].kind else { throw .badDescriptor }
    // Six kinds of advice (`advice`), none of which changes what is read.
    if advice > 5 { throw .invalid }
  }

  func allocate(_ number: UInt32, offset: UInt64, count: UInt64) throws(WasiErrno) {
    let system = try file(number, for: .write)
    guard let start = off_t(exactly: offset), let bytes = off_t(exactly: count), bytes > 0,
      !start.addingReportingOverflow(bytes).overflow
    else { throw .invalid }
    let failure = posix_fallocate(system, start, bytes)
    if failure != 0 { throw WasiErrno(system: failure) }
  }

  func setSize(_ number: UInt32, _ size: UInt64) throws(WasiErrno) {
    guard let size = off_t(exactly: size) else { throw .invalid }
    try WasiErrno.check(ftruncate(file(number, for: .write), size))
  }

  func synchronise(_ number: UInt32) throws(WasiErrno) {
    guard let system = try self[number].system else { return }
    try WasiErrno.check(fdatasync(system))
  }
}
