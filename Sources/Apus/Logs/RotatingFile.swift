import Glibc
package import IO

/// A log file of bounded size: when it is full it becomes `name.1`, what was `name.1` becomes
/// `name.2`, and so on; the oldest goes. Survives a full disk and a file that is moved away.
package struct RotatingFile: LineOutput {
  package struct Limits: Sendable {
    package var bytes: Int64 = 16 << 20
    /// Files put aside.
    package var kept = 4
    package init() {}
  }

  private let path: String
  private let limits: Limits
  private var open: Open?
  /// The last write ended within a line.
  private var isBroken = false

  /// Owns the descriptor, and knows what the file holds.
  private final class Open: @unchecked Sendable {  // guard: the one thread that writes
    let descriptor: Int32
    var size: Int64

    init(descriptor: Int32, size: Int64) {
      self.descriptor = descriptor
      self.size = size
    }

    deinit { Glibc.close(descriptor) }
  }

  package init(path: String, limits: Limits = Limits()) {
    self.path = path
    self.limits = limits
  }

  package mutating func write(_ lines: [UInt8]) throws(SystemError) {
    var rest = lines[...]
    while !rest.isEmpty {
      let file = try current()
      let room = limits.bytes - file.size
      var piece = fitting(rest, room: room)
      if piece.isEmpty {
        if file.size > 0 {
          try rotate()
          continue
        }
        piece = rest.prefix(through: rest.firstIndex(of: UInt8(ascii: "\n")) ?? rest.endIndex - 1)
      }
      try append(piece, to: file)
      rest = rest[piece.endIndex...]
    }
  }

  /// Whole lines that fit into `room`.
  private func fitting(_ lines: ArraySlice<UInt8>, room: Int64) -> ArraySlice<UInt8> {
    if Int64(lines.count) <= room { return lines }
    let head = lines.prefix(Int(max(0, room)))
    guard let end = head.lastIndex(of: UInt8(ascii: "\n")) else { return lines.prefix(0) }
    return lines[...end]
  }

  private mutating func append(
    _ piece: ArraySlice<UInt8>, to file: Open
  ) throws(SystemError) {
    defer { file.size = size(of: file.descriptor) ?? file.size }
    if isBroken { try writeAll([UInt8(ascii: "\n")], to: file.descriptor) }
    isBroken = true
    try writeAll(piece, to: file.descriptor)
    isBroken = false
  }

  /// The open file, or the one that now has its name, if somebody moved ours away.
  private mutating func current() throws(SystemError) -> Open {
    if let open, isNamed(open.descriptor) { return open }
    open = nil
    let flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC
    let descriptor = unsafe Glibc.open(path, flags, 0o600)
    guard descriptor >= 0 else { throw SystemError("opening the log file \(path)") }
    let file = Open(descriptor: descriptor, size: 0)
    guard let size = size(of: descriptor) else { throw SystemError("reading \(path)") }
    file.size = size
    open = file
    return file
  }

  private func isNamed(_ descriptor: Int32) -> Bool {
    var ours = stat()
    var named = stat()
    guard unsafe fstat(descriptor, &ours) == 0, unsafe stat(path, &named) == 0 else {
      return false
    }
    return ours.st_ino == named.st_ino && ours.st_dev == named.st_dev
  }

  private func size(of descriptor: Int32) -> Int64? {
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { return nil }
    return Int64(status.st_size)
  }

  private mutating func rotate() throws(SystemError) {
    open = nil
    isBroken = false
    guard limits.kept > 0 else {
      guard unsafe unlink(path) == 0 else { throw SystemError("removing the log file \(path)") }
      return
    }
    for number in stride(from: limits.kept - 1, through: 1, by: -1) {
      // Missing ones are no error: not so many have been put aside yet.
      _ = unsafe rename("\(path).\(number)", "\(path).\(number + 1)")
    }
    guard unsafe rename(path, "\(path).1") == 0 else {
      throw SystemError("putting the log file \(path) aside")
    }
  }
}
