package import Security

extension Dialler {
  /// The handshake for connections that this node dialled: whoever does not prove to be the peer
  /// is refused. The other side of a punched connection accepts instead.
  package static func handshake(_ context: TLSContext) -> Secure {
    { connection, peer, _, deadline in
      try await SecureTransport.connect(
        over: connection, context: context, to: .node(peer), deadline: deadline)
    }
  }
}
