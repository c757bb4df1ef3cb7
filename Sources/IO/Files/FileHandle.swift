import CSystem
import Glibc
import Synchronization

/// A descriptor of a regular file, closed with its last reference. Its calls block: they belong on
/// a thread of a `BlockingPool`. The kernel orders overlapping calls; nothing here is mutable.
package final class FileHandle: Sendable {
  let path: String
  private let descriptor: Int32
  /// The same file past the page cache; -1 before it is needed, -2 where that cannot be had.
  private let direct = Atomic<Int32>(-1)

  /// Owns the descriptor from here on.
  init(_ descriptor: Int32, path: String) {
    self.descriptor = descriptor
    self.path = path
  }

  package convenience init(path: String, _ opening: FileOpening) throws(SystemError) {
    try checkPath(path)
    self.init(try Self.open(path, opening), path: path)
  }

  deinit {
    close(descriptor)
    let direct = direct.load(ordering: .acquiring)
    if direct >= 0 { close(direct) }
  }

  package func info() throws(SystemError) -> FileInfo {
    FileInfo(try Self.status(descriptor, path))
  }

  /// Grows as the file turns out to: a limit far above the size costs no memory.
  package func read(at offset: Int64, count: Int) throws(SystemError) -> [UInt8] {
    var bytes: [UInt8] = []
    let size = Int64(try Self.status(descriptor, path).st_size)
    // One more than there is, so that the first read sees the end.
    var step = max(4096, Int(size - min(offset, size)) + 1)
    while bytes.count < count {
      let wanted = min(step, count - bytes.count)
      let start = offset + Int64(bytes.count)
      var received = 0
      let piece = [UInt8](unsafeUninitializedCapacity: wanted) { buffer, filled in
        received = Self.read(descriptor, UnsafeMutableRawBufferPointer(buffer), at: start)
        filled = max(0, received)
      }
      if received < 0 { throw SystemError("reading \(path)") }
      if received == 0 { break }
      if bytes.isEmpty { bytes = piece } else { bytes += piece }
      // Files under /proc have size 0 and come in short pieces.
      if received < wanted && size > 0 { break }
      step = 64 * 1024
    }
    return bytes
  }

  /// As many bytes as were asked for, or fit; fewer only at the end of the file.
  package func read(
    into buffer: PageBuffer, at offset: Int64, count wanted: Int = .max
  ) throws(SystemError) {
    try buffer.fill { (target) throws(SystemError) in
      var count = 0
      let wanted = min(wanted, target.count)
      while count < wanted {
        let rest = UnsafeMutableRawBufferPointer(rebasing: target[count..<wanted])
        let received = Self.read(descriptor, rest, at: offset + Int64(count))
        if received < 0 { throw SystemError("reading \(path)") }
        if received == 0 { break }
        count += received
      }
      return count
    }
  }

  private static func read(
    _ descriptor: Int32, _ buffer: UnsafeMutableRawBufferPointer, at offset: Int64
  ) -> Int {
    while true {
      let received = pread(descriptor, buffer.baseAddress, buffer.count, off_t(offset))
      if received >= 0 || errno != EINTR { return received }
    }
  }

  /// Where at `offset` or behind it the next bytes are that are no hole; nil when none are.
  package func nextData(from offset: Int64) throws(SystemError) -> Int64? {
    let found = apus_next_data(descriptor, offset)
    if found >= 0 { return found }
    // EINVAL: a file system that knows no holes.
    switch errno {
    case ENXIO: return nil
    case EINVAL: return offset
    default: throw SystemError("looking for holes in \(path)")
    }
  }

  package func write(_ bytes: [UInt8], at offset: Int64) throws(SystemError) {
    try Self.write(bytes[...], at: offset, to: descriptor, path)
  }

  package func write(_ bytes: ArraySlice<UInt8>, at offset: Int64) throws(SystemError) {
    try Self.write(bytes, at: offset, to: descriptor, path)
  }

  /// Whole pages at whole pages go to the device past the page cache, where that can be had: a
  /// sixth of the processor time. Nobody reads them here soon, and a sync waits for them anyway.
  package func write(_ buffer: PageBuffer, at offset: Int64) throws(SystemError) {
    try buffer.withBytes { (source) throws(SystemError) in
      if offset % 4096 == 0, source.count % 4096 == 0, !source.isEmpty, let direct = directly() {
        do throws(SystemError) {
          return try Self.write(source, at: offset, to: direct, path)
        } catch {
          // A device with larger blocks.
          guard error.code == .invalidInput else { throw error }
        }
      }
      try Self.write(source, at: offset, to: descriptor, path)
      startWriting(offset..<offset + Int64(source.count))
    }
  }

  private func directly() -> Int32? {
    let known = direct.load(ordering: .acquiring)
    if known != -1 { return known >= 0 ? known : nil }
    let opened = apus_open_direct("/proc/self/fd/\(descriptor)")
    let (isOurs, before) = direct.compareExchange(
      expected: -1, desired: opened >= 0 ? opened : -2, ordering: .acquiringAndReleasing)
    if isOurs { return opened >= 0 ? opened : nil }
    if opened >= 0 { close(opened) }
    return before >= 0 ? before : nil
  }

  static func write(
    _ bytes: ArraySlice<UInt8>, at offset: Int64, to descriptor: Int32, _ path: String
  ) throws(SystemError) {
    let outcome: Result<Void, SystemError> = bytes.withUnsafeBytes { source in
      Result { () throws(SystemError) in try write(source, at: offset, to: descriptor, path) }
    }
    try outcome.get()
  }

  private static func write(
    _ source: UnsafeRawBufferPointer, at offset: Int64, to descriptor: Int32, _ path: String
  ) throws(SystemError) {
    var done = 0
    while done < source.count {
      let count = pwrite(
        descriptor, source.baseAddress?.advanced(by: done), source.count - done,
        off_t(offset) + off_t(done))
      if count >= 0 {
        done += count
      } else if errno != EINTR {
        throw SystemError("writing \(path)")
      }
    }
  }

  package func truncate(to size: Int64) throws(SystemError) {
    try check(ftruncate(descriptor, off_t(size)), "truncating \(path)")
  }

  /// Zeros, which take no room where the file system knows holes.
  package func discard(_ range: Range<Int64>) throws(SystemError) {
    if range.isEmpty { return }
    if apus_punch_hole(descriptor, range.lowerBound, Int64(range.count)) == 0 { return }
    guard errno == EOPNOTSUPP else { throw SystemError("punching a hole into \(path)") }
    let zeros = [UInt8](repeating: 0, count: Int(min(1 << 20, Int64(range.count))))
    for start in stride(from: range.lowerBound, to: range.upperBound, by: zeros.count) {
      let count = Int(min(Int64(zeros.count), range.upperBound - start))
      try write(count == zeros.count ? zeros : Array(zeros.prefix(count)), at: start)
    }
  }

  package func setMode(_ mode: UInt32) throws(SystemError) {
    try check(fchmod(descriptor, mode), "setting the mode of \(path)")
  }

  /// Begins to write these bytes to the device, so that a later sync has less to wait for.
  package func startWriting(_ range: Range<Int64>) {
    // A hint: where it is not understood the sync does all of it.
    _ = apus_start_writing(descriptor, range.lowerBound, Int64(range.count))
  }

  package func sync() throws(SystemError) { try check(fsync(descriptor), "syncing \(path)") }

  // MARK: - Opening

  /// Never waits for the other end of a pipe, and never hands one out.
  static func open(
    _ path: String, _ opening: FileOpening, in folder: Int32 = AT_FDCWD
  ) throws(SystemError) -> Int32 {
    var flags = (opening.writes ? O_RDWR : O_RDONLY) | O_CLOEXEC | O_NONBLOCK | O_NOCTTY
    if !opening.followsLinks { flags |= O_NOFOLLOW }
    var mode: UInt32?
    switch opening.creation {
    case .never: break
    case .ifMissing(let wanted):
      flags |= O_CREAT
      mode = wanted
    case .exclusive(let wanted):
      flags |= O_CREAT | O_EXCL
      mode = wanted
    }
    let descriptor = apus_openat(folder, path, flags, mode ?? 0)
    guard descriptor >= 0 else { throw openingFailed(path, errno) }
    do throws(SystemError) {
      let status = try status(descriptor, path)
      guard status.st_mode & S_IFMT == S_IFREG else {
        throw SystemError(.invalidInput, "opening \(path): it is not a regular file")
      }
      if case .exclusive(let mode) = opening.creation {
        // The process's mask must not narrow what was asked for.
        try check(fchmod(descriptor, mode), "setting the mode of \(path)")
      }
    } catch {
      close(descriptor)
      throw error
    }
    return descriptor
  }

  private static func openingFailed(_ path: String, _ number: Int32) -> SystemError {
    if number == ELOOP {
      return SystemError(
        .invalidInput, "opening \(path): it is a symbolic link, which is not followed here")
    }
    if number == EISDIR {
      return SystemError(.invalidInput, "opening \(path): it is a folder")
    }
    return SystemError(errno: number, "opening \(path)")
  }

  private static func status(_ descriptor: Int32, _ path: String) throws(SystemError) -> stat {
    var status = stat()
    try check(fstat(descriptor, &status), "looking at \(path)")
    return status
  }
}
