import CSystem
import Glibc

/// What a descriptor is, and what is told of a file.
extension Wasi {
  func close(_ number: UInt32) throws(WasiErrno) {
    close(try self[number])
    descriptors[Int(number)] = nil
  }

  func renumber(_ number: UInt32, to target: UInt32) throws(WasiErrno) {
    let moved = try self[number]
    let replaced = try self[target]
    if number == target { return }
    close(replaced)
    descriptors[Int(target)] = moved
    descriptors[Int(number)] = nil
  }

  /// `fd_fdstat_get` (24 bytes).
  func describe(_ number: UInt32, _ memory: GuestMemory, _ address: UInt32) throws(WasiErrno) {
    let descriptor = try self[number]
    let type: WasiDescriptor.FileType =
      switch descriptor.kind {
      // What a pipe is; a guest that asks learns that nobody types or watches.
      case .input, .output: .unknown
      case .folder: .folder
      case .file(let system): .init(mode: try Self.status(system).mode)
      }
    try memory.range(address, 24).initializeMemory(as: UInt8.self, repeating: 0)
    try memory.store(type.rawValue, address)
    try memory.store(descriptor.flags.rawValue, address &+ 2)
    try memory.store(descriptor.rights.rawValue, address &+ 8)
    try memory.store(descriptor.inheriting.rawValue, address &+ 16)
  }

  func setFlags(_ number: UInt32, _ flags: UInt32) throws(WasiErrno) {
    let flags = WasiDescriptor.Flags(rawValue: UInt16(truncatingIfNeeded: flags))
    var descriptor = try self[number]
    guard case .file(let system) = descriptor.kind else { throw .badDescriptor }
    // Linux sets no other one later (fcntl(2), F_SETFL).
    guard descriptor.flags.symmetricDifference(flags).isSubset(of: [.append, .nonBlocking]) else {
      throw .invalid
    }
    try WasiErrno.check(fcntl(system, F_SETFL, flags.contains(.append) ? O_APPEND : 0))
    descriptor.flags = flags
    descriptors[Int(number)] = descriptor
  }

  /// Rights only ever shrink.
  func setRights(_ number: UInt32, _ rights: UInt64, inheriting: UInt64) throws(WasiErrno) {
    var descriptor = try self[number]
    let rights = WasiDescriptor.Rights(rawValue: rights)
    let inheriting = WasiDescriptor.Rights(rawValue: inheriting)
    guard rights.isSubset(of: descriptor.rights), inheriting.isSubset(of: descriptor.inheriting)
    else { throw .notPermitted }
    descriptor.rights = rights
    descriptor.inheriting = inheriting
    descriptors[Int(number)] = descriptor
  }

  // MARK: Status

  static func status(_ system: Int32) throws(WasiErrno) -> apus_status {
    var status = apus_status()
    try WasiErrno.check(apus_status(system, &status))
    return status
  }

  func status(of number: UInt32, _ memory: GuestMemory, _ address: UInt32) throws(WasiErrno) {
    guard let system = try self[number].system else {
      try memory.range(address, 64).initializeMemory(as: UInt8.self, repeating: 0)
      return
    }
    try store(Self.status(system), memory, address)
  }

  /// `filestat`, 64 bytes. A seeded guest sees only what is the same on every machine: what kind of
  /// file, how large, and whether two are one.
  func store(_ status: apus_status, _ memory: GuestMemory, _ address: UInt32) throws(WasiErrno) {
    let type = WasiDescriptor.FileType(mode: status.mode)
    let isSeeded = world.isSeeded
    try memory.range(address, 64).initializeMemory(as: UInt8.self, repeating: 0)
    try memory.store(isSeeded ? 0 : status.device, address)
    try memory.store(
      inode(device: status.device, number: status.inode), address &+ 8)
    try memory.store(type.rawValue, address &+ 16)
    try memory.store(isSeeded ? 1 : status.links, address &+ 24)
    let isSizeTold = !isSeeded || type != .folder
    try memory.store(isSizeTold ? UInt64(status.size) : 0, address &+ 32)
    for (index, time) in [status.read, status.written, status.changed].enumerated() {
      let told = isSeeded ? WasiWorld.seededStart : UInt64(clamping: time)
      try memory.store(told, address &+ 40 &+ UInt32(index) * 8)
    }
  }

  /// What a time is set to, by two bits of `fstflags`: 1 sets it, 2 sets it to now.
  static func time(_ value: UInt64, _ which: UInt32) throws(WasiErrno) -> Int64 {
    switch which & 3 {
    case 0: return Int64(APUS_TIME_STAYS)
    case 1: return Int64(clamping: value)
    case 2: return Int64(APUS_TIME_NOW)
    default: throw .invalid
    }
  }

  func setTimes(
    _ number: UInt32, accessed: UInt64, changed: UInt64, which: UInt32
  ) throws(WasiErrno) {
    let descriptor = try self[number]
    guard let system = descriptor.system else { throw .badDescriptor }
    guard descriptor.rights.contains(.setTimes) else { throw .notPermitted }
    if case .folder(let folder) = descriptor.kind, folder.isReadOnly { throw .notPermitted }
    let read = try Self.time(accessed, which)
    let written = try Self.time(changed, which >> 2)
    try WasiErrno.check(apus_set_file_times(system, nil, read, written))
  }
}
