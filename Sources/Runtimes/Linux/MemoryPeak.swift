import Glibc

/// The most memory that a group held at once. Its file stays open: it is looked at around every
/// attempt, and to open one of the kernel's costs more than to read it.
final class MemoryPeak: Sendable {
  private let file: Int32
  private let canReset: Bool

  /// Of a group that is there.
  init(_ folder: String, version: Int) {
    canReset = version == 1
    let name = version == 1 ? "memory.max_usage_in_bytes" : "memory.peak"
    let path = "\(folder)/\(name)"
    file = open(path, (canReset ? O_RDWR : O_RDONLY) | O_CLOEXEC)
  }

  deinit {
    if file >= 0 { close(file) }
  }

  /// Since it was last reset, or ever where the kernel resets nothing; nil where it does not tell.
  var bytes: Int64? {
    var digits = [UInt8](repeating: 0, count: 32)
    let count = pread(file, &digits, digits.count, 0)
    guard count > 0 else { return nil }
    return Int64(String(decoding: digits[..<count], as: UTF8.self).prefix { !$0.isWhitespace })
  }

  func reset() {
    if canReset { _ = pwrite(file, "0", 1, 0) }
  }
}
