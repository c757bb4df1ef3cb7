import Glibc
package import IO

/// A descriptor that somebody else opened: standard error.
package struct DescriptorOutput: LineOutput {
  private let descriptor: Int32

  package init(_ descriptor: Int32) { self.descriptor = descriptor }

  package mutating func write(_ lines: [UInt8]) throws(SystemError) {
    try writeAll(lines[...], to: descriptor)
  }
}

/// Writes everything, waiting where the descriptor makes it wait.
func writeAll(_ bytes: ArraySlice<UInt8>, to descriptor: Int32) throws(SystemError) {
  var rest = bytes
  while !rest.isEmpty {
    let count = unsafe rest.withUnsafeBytes {
      unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
    }
    if count >= 0 {
      rest = rest.dropFirst(count)
    } else if errno == EAGAIN {
      // Somebody made our terminal non-blocking: wait until it takes more.
      var poll = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
      _ = unsafe Glibc.poll(&poll, 1, 1_000)
    } else if errno != EINTR {
      throw SystemError("writing the log")
    }
  }
}
