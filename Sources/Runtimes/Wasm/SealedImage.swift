import CSystem
import Glibc
package import Primitives
import Security

/// Bytes in memory that nobody, not even we, can change any more: what a box is given by descriptor
/// is exactly what was looked at (memfd_create(2), F_ADD_SEALS).
package final class SealedImage: Sendable {
  /// Read-only in effect. Closed with this.
  package let descriptor: Int32
  package let count: Int
  /// SHA-256 of the bytes.
  package let digest: Digest

  package convenience init(_ bytes: [UInt8]) throws(RuntimeError) {
    try self.init { (file) throws(RuntimeError) in
      try Self.write(bytes, to: file)
    }
  }

  /// The bytes of an open regular file, at most `limit`, from `start` on.
  package convenience init(
    after start: Int = 0, of file: Int32, limit: Int
  ) throws(RuntimeError) {
    try self.init { (image) throws(RuntimeError) in
      var offset = off_t(start)
      while true {
        let copied = sendfile(image, file, &offset, 1 << 20)
        if copied < 0 { throw Self.failure("read a file into memory") }
        if copied == 0 { return }
        if offset - start > limit {
          throw RuntimeError(.refused, "a module of more than \(limit) bytes is not taken")
        }
      }
    }
  }

  /// What comes in pieces, of which nobody keeps a second copy. Calls block.
  package final class Draft: Sendable {
    private let file: Int32

    package init() throws(RuntimeError) {
      file = apus_memfd("apus")
      if file < 0 { throw SealedImage.failure("make a file in memory") }
    }

    deinit { close(file) }

    package func add(_ bytes: [UInt8]) throws(RuntimeError) {
      try SealedImage.write(bytes, to: file)
    }

    /// Nothing can be added from now on.
    package func sealed() throws(RuntimeError) -> SealedImage {
      try SealedImage(file: fcntl(file, F_DUPFD_CLOEXEC, 0)) { _ in }
    }
  }

  private convenience init(_ fill: (Int32) throws(RuntimeError) -> Void) throws(RuntimeError) {
    try self.init(file: apus_memfd("apus"), fill)
  }

  /// Takes the file over.
  private init(
    file: Int32, _ fill: (Int32) throws(RuntimeError) -> Void
  ) throws(RuntimeError) {
    if file < 0 { throw Self.failure("make a file in memory") }
    do throws(RuntimeError) {
      try fill(file)
      if apus_seal(file) != 0 { throw Self.failure("seal a file in memory") }
      let mapped = try MappedFile(file, "a file in memory")
      (count, digest) = try mapped.withBytes { ($0.count, Digest.sha256(of: $0)) }
    } catch {
      close(file)
      throw error
    }
    descriptor = file
  }

  deinit { close(descriptor) }

  package var bytes: [UInt8] {
    get throws(RuntimeError) {
      try MappedFile(descriptor, "a file in memory").withBytes { [UInt8]($0) }
    }
  }

  static func write(_ bytes: [UInt8], to file: Int32) throws(RuntimeError) {
    try bytes.withUnsafeBufferPointer { (bytes) throws(RuntimeError) in
      try write(UnsafeRawBufferPointer(bytes), to: file)
    }
  }

  static func write(_ bytes: UnsafeRawBufferPointer, to file: Int32) throws(RuntimeError) {
    var rest = bytes
    while !rest.isEmpty {
      let count = Glibc.write(file, rest.baseAddress, rest.count)
      if count < 0 {
        if errno == EINTR { continue }
        throw failure("write \(bytes.count) bytes")
      }
      rest = UnsafeRawBufferPointer(rebasing: rest[count...])
    }
  }

  private static func failure(_ what: String) -> RuntimeError {
    RuntimeError(.failed, "the system could not \(what): error \(errno)")
  }
}
