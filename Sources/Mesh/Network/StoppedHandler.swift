import HTTP

/// What a network answers that has stopped: the one it had knows the network, and would keep it.
struct StoppedHandler: Handler {
  func handle(_ exchange: any Exchange) async throws {
    throw NetworkError(.closed, "the node is stopping")
  }
}
