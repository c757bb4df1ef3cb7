import CSystem
import Glibc

/// Folders: what they are called and what is in them.
extension Wasi {
  /// What a guest calls a folder that it found open.
  func name(of number: UInt32) throws(WasiErrno) -> String {
    guard case .folder(let folder) = try self[number].kind, let name = folder.name else {
      throw .badDescriptor
    }
    return name
  }

  /// `fd_readdir`: as many entries as fit, the last one cut. The cookie of an entry is its place in
  /// the listing that was made when the guest asked for the first.
  func list(
    _ number: UInt32, into room: UnsafeMutableRawBufferPointer, from cookie: UInt64
  ) throws(WasiErrno) -> UInt32 {
    var descriptor = try self[number]
    guard case .folder(var folder) = descriptor.kind else { throw .notFolder }
    if cookie == 0 || folder.entries.isEmpty {
      folder.entries = try entries(of: folder.system)
      descriptor.kind = .folder(folder)
      descriptors[Int(number)] = descriptor
    }
    var used = 0
    var place = Int(clamping: cookie)
    while place < folder.entries.count, used < room.count {
      let entry = folder.entries[place]
      place += 1
      let bytes = Self.head(of: entry, next: UInt64(place)) + entry.name
      let count = min(bytes.count, room.count - used)
      UnsafeMutableRawBufferPointer(rebasing: room[used...]).copyBytes(from: bytes.prefix(count))
      used += count
    }
    return UInt32(used)
  }

  /// `dirent`, 24 bytes.
  private static func head(of entry: WasiFolder.Entry, next: UInt64) -> [UInt8] {
    var head = [UInt8](repeating: 0, count: 24)
    head.withUnsafeMutableBytes { bytes in
      bytes.storeBytes(of: next, as: UInt64.self)
      bytes.storeBytes(of: entry.inode, toByteOffset: 8, as: UInt64.self)
      bytes.storeBytes(of: UInt32(entry.name.count), toByteOffset: 16, as: UInt32.self)
      bytes.storeBytes(of: entry.type.rawValue, toByteOffset: 20, as: UInt8.self)
    }
    return head
  }

  /// In the order of their names: machines list as they like.
  private func entries(of system: Int32) throws(WasiErrno) -> [WasiFolder.Entry] {
    let own = try WasiErrno.check(openat(system, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC))
    guard let stream = fdopendir(own) else {
      Glibc.close(own)
      throw .last
    }
    defer { closedir(stream) }
    let device = try Self.status(own).device
    var entries: [WasiFolder.Entry] = []
    while let next = readdir(stream) {
      if entries.count >= limits.entries { throw .noMemory }
      let name = withUnsafeBytes(of: &next.pointee.d_name) { [UInt8]($0.prefix { $0 != 0 }) }
      entries.append(
        .init(name: name, inode: UInt64(next.pointee.d_ino), type: Self.type(next.pointee.d_type)))
    }
    entries.sort { $0.name.lexicographicallyPrecedes($1.name) }
    for index in entries.indices {
      // What is above is nobody's business.
      let isAbove = entries[index].name == [0x2E, 0x2E]
      entries[index].inode = isAbove ? 0 : inode(device: device, number: entries[index].inode)
    }
    return entries
  }

  /// The kinds of dirent(5).
  private static func type(_ number: UInt8) -> WasiDescriptor.FileType {
    switch number {
    case 2: .character
    case 4: .folder
    case 6: .block
    case 8: .regular
    case 10: .link
    case 12: .stream
    default: .unknown
    }
  }
}
