import CSystem
import Glibc
import IO

/// The standard input of a program: a file in the keeper's memory, which neither end can change.
/// Nobody has to stand by and pour it in, and nothing of it is the box's, whose limits are for what
/// the program makes. Making one blocks.
final class StandardInput: Sendable {
  /// Closed with this.
  let descriptor: Int32

  init(_ bytes: [UInt8]) throws(RuntimeError) {
    let file = apus_memfd("input")
    if file < 0 { throw RuntimeError(SystemError("making the standard input")) }
    do throws(RuntimeError) {
      try SealedImage.write(bytes, to: file)
      // To be read, and no program itself.
      guard fchmod(file, 0o444) == 0, apus_seal(file) == 0, lseek(file, 0, SEEK_SET) == 0 else {
        throw RuntimeError(SystemError("sealing the standard input"))
      }
    } catch {
      close(file)
      throw error
    }
    descriptor = file
  }

  deinit { close(descriptor) }
}
