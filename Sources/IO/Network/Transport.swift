/// A duplex, ordered stream of bytes: a socket, TLS over one, a lane of a link, a simulated
/// wire. Everything above speaks over this seam and never over a descriptor.
///
/// A transport is confined to one loop: every call comes from that loop's thread, that is from
/// a task that prefers it (`withTaskExecutorPreference(transport.loop)`). One task may wait to
/// read and one to write at a time; a second waiter in the same direction traps.
///
/// Back-pressure is the caller's silence: nothing is read while nobody calls `read`, and
/// `offer` takes no more than fits.
///
/// Who owns a transport wakes its reader and writer by closing it: cancelling their task wakes
/// neither, since whether the stream is still of use is for the owner to say. A task that must
/// end when it is cancelled closes its transport in an `onCancel` handler (by way of
/// `loop.execute`), or with a timer of the loop for a deadline.
package protocol Transport: AnyObject, Sendable {
  var loop: EventLoop { get }

  /// The other end as the kernel or the relay names it.
  var peer: SocketAddress { get }

  /// Waits for bytes and lends them to `body`, for the length of the call only. False once the
  /// other side has ended its direction. Idle, it holds no buffer.
  func read(_ body: (UnsafeRawBufferPointer) throws -> Void) async throws -> Bool

  /// Takes a prefix of `bytes` without waiting and says how much.
  func offer(_ bytes: UnsafeRawBufferPointer) throws(SystemError) -> Int

  /// Waits until `offer` takes something again.
  func writable() async throws(SystemError)

  /// Ends our direction once everything taken has left; the other one stays open.
  func finish() async throws(SystemError)

  /// Ends both directions at once. Waiting calls fail with `.closed`; later ones do too.
  /// Harmless when repeated.
  func close()
}

extension Transport {
  /// Writes everything, waiting as often as it takes.
  package func write(_ bytes: UnsafeRawBufferPointer) async throws(SystemError) {
    var rest = bytes
    while true {
      let taken = try offer(rest)
      if taken == rest.count { return }
      rest = UnsafeRawBufferPointer(rebasing: rest[taken...])
      try await writable()
    }
  }

  private func offer(_ bytes: [UInt8], from start: Int) throws(SystemError) -> Int {
    let taken: Result<Int, SystemError> = bytes.withUnsafeBytes { buffer in
      Result { () throws(SystemError) in
        try offer(UnsafeRawBufferPointer(rebasing: buffer[start...]))
      }
    }
    return try taken.get()
  }

  /// Writes everything, waiting as often as it takes.
  package func write(_ bytes: [UInt8]) async throws(SystemError) {
    var start = 0
    while true {
      start += try offer(bytes, from: start)
      if start == bytes.count { return }
      try await writable()
    }
  }
}
