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
  /// Says goodbye if the other side listens, then closes.
  package func finishAndClose() async {
    // The other side may be gone already; there is nobody left to tell.
    try? await finish()
    close()
  }
}
