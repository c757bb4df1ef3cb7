package import IO

/// One connection of either version, as the server sees it.
package protocol ServerConnection: AnyObject, Sendable {
  /// Returns when the connection is over and no handler is left. `received` was read already.
  func serve(received: [UInt8]) async
  /// Finishes what is under way, then ends.
  func drain()
  /// Ends at once.
  func abort()
}

extension Transport {
  /// Says goodbye and closes. Until the other side has closed too, but no longer than `patience`,
  /// it reads on: closing with unread bytes would reset the connection, and the reset could
  /// overtake what was sent last.
  package func finishAndClose(within patience: Duration) async {
    let timer = loop.schedule(after: patience) { [self] in close() }
    defer { loop.cancel(timer) }
    do {
      try await finish()
      while try await read({ _ in }) {}
    } catch {
      // The other side is gone already; there is nobody left to tell.
    }
    close()
  }
}
