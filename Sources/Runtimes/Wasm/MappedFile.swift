import CSystem
import Glibc

/// The bytes of a file, as long as this is kept.
final class MappedFile {
  private let bytes: UnsafeRawBufferPointer

  convenience init(path: String) throws(RuntimeError) {
    let file = Glibc.open(path, O_RDONLY | O_CLOEXEC)
    if file < 0 { throw RuntimeError(.failed, "\(path) cannot be opened: error \(errno)") }
    defer { close(file) }
    try self.init(file, path)
  }

  /// `name` is what it is called in errors. The descriptor stays the caller's.
  init(_ file: Int32, _ name: String) throws(RuntimeError) {
    var status = apus_status()
    guard apus_status(file, &status) == 0, status.mode & S_IFMT == S_IFREG else {
      throw RuntimeError(.refused, "\(name) is not a file")
    }
    let count = Int(status.size)
    guard count > 0 else {
      bytes = UnsafeRawBufferPointer(start: nil, count: 0)
      return
    }
    let start = mmap(nil, count, PROT_READ, MAP_PRIVATE, file, 0)
    guard let start, start != MAP_FAILED else {
      throw RuntimeError(.failed, "\(name) cannot be read: error \(errno)")
    }
    bytes = UnsafeRawBufferPointer(start: start, count: count)
  }

  func withBytes<Value>(
    _ body: (UnsafeRawBufferPointer) throws(RuntimeError) -> Value
  ) throws(RuntimeError) -> Value {
    defer { withExtendedLifetime(self) {} }
    return try body(bytes)
  }

  deinit {
    if let start = bytes.baseAddress {
      munmap(UnsafeMutableRawPointer(mutating: start), bytes.count)
    }
  }
}
