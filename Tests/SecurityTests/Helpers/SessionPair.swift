import Testing

@testable import Security

/// Two sessions joined by hand, for tests that look at single bytes.
struct SessionPair {
  let client: TLSSession
  let server: TLSSession

  init(_ fixture: TLSFixture = TLSFixture(), client: TLSContext, server: TLSContext) throws {
    self.client = try TLSSession(client: client, to: .node(fixture.serverKey.id))
    self.server = TLSSession(server: server)
  }

  init(_ fixture: TLSFixture = TLSFixture()) throws {
    try self.init(fixture, client: fixture.nodeClient(), server: fixture.server())
  }

  /// Flights back and forth until both are open; `cut` may split or change each.
  func shake(_ cut: ([UInt8]) -> [[UInt8]] = { [$0] }) throws {
    _ = try client.handshake(UnsafeRawBufferPointer(start: nil, count: 0))
    for _ in 0..<8 {
      for piece in cut(client.takePending()) { try server.feed(piece) }
      for piece in cut(server.takePending()) { try client.feed(piece) }
      if client.isOpen, server.isOpen { return }
    }
  }
}

extension TLSSession {
  func takePending() -> [UInt8] {
    let bytes = Array(pending)
    dropPending(bytes.count)
    return bytes
  }

  func feed(_ bytes: [UInt8]) throws {
    try bytes.withUnsafeBytes { _ = try handshake($0) }
  }

  func encryptAll(_ bytes: [UInt8]) throws -> [UInt8] {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = try rest.withUnsafeBytes { try encrypt($0) }
      rest = rest.dropFirst(count)
    }
    return takePending()
  }

  /// All plaintext of `bytes`, through a space of the given size.
  func decryptAll(_ bytes: [UInt8], space: Int = 128 * 1024) throws -> [UInt8] {
    var plain: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: space)
    func take(_ input: UnsafeRawBufferPointer) throws {
      let count = try buffer.withUnsafeMutableBytes { try decrypt(input, into: $0) }
      plain += buffer.prefix(count)
    }
    try bytes.withUnsafeBytes { try take($0) }
    while hasKeptInput { try take(UnsafeRawBufferPointer(start: nil, count: 0)) }
    return plain
  }
}
