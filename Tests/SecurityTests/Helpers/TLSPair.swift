import IO
import Primitives
import Security

/// Two ends of a TLS session over a wire in memory.
struct TLSPair {
  let client: SecureTransport
  let server: SecureTransport
  let clientWire: TestWire
  let serverWire: TestWire
}

struct TLSFixture {
  let serverKey = SigningKey()
  let clientKey = SigningKey()
  var protocols = ["apus/1", "h2", "http/1.1"]
  var limits = TLSContext.Limits()

  func server(web: Credentials? = nil) throws -> TLSContext {
    try TLSContext(
      server: Credentials(of: serverKey), web: web, protocols: protocols, limits: limits)
  }

  func nodeClient() throws -> TLSContext {
    try TLSContext(
      client: Credentials(of: clientKey), protocols: ["apus/1"], limits: limits)
  }
}

/// Runs both sides; the results say how each of them ended.
func shake(
  _ loop: EventLoop, client: TLSContext, to peer: ExpectedPeer, server: TLSContext,
  within time: Duration = .seconds(20), prepare: (TestWire, TestWire) -> Void = { _, _ in }
) async -> (
  client: Result<SecureTransport, any Error>, server: Result<SecureTransport, any Error>,
  wires: (TestWire, TestWire)
) {
  let (clientWire, serverWire) = TestWire.pair(loop)
  prepare(clientWire, serverWire)
  let deadline = Instant.now().advanced(by: time)
  async let accepted = result {
    try await SecureTransport.accept(over: serverWire, context: server, deadline: deadline)
  }
  let connected = await result {
    try await SecureTransport.connect(
      over: clientWire, context: client, to: peer, deadline: deadline)
  }
  return (connected, await accepted, (clientWire, serverWire))
}

func result<Value>(
  _ body: () async throws -> Value
) async -> Result<Value, any Error> {
  do { return .success(try await body()) } catch { return .failure(error) }
}

func code<Value>(_ result: Result<Value, any Error>) -> TrustError.Code? {
  if case .failure(let error as TrustError) = result { error.code } else { nil }
}

/// Runs `body` on a loop of its own with an open session between two nodes.
func withPair(
  _ fixture: TLSFixture = TLSFixture(),
  prepare: @Sendable (TestWire, TestWire) -> Void = { _, _ in },
  _ body: @Sendable (TLSPair) async throws -> Void
) async throws {
  try await onLoop { loop in
    let ends = await shake(
      loop, client: try fixture.nodeClient(), to: .node(fixture.serverKey.id),
      server: try fixture.server(), prepare: prepare)
    try await body(
      TLSPair(
        client: try ends.client.get(), server: try ends.server.get(),
        clientWire: ends.wires.0, serverWire: ends.wires.1))
  }
}

func onLoop(_ body: @Sendable (EventLoop) async throws -> Void) async throws {
  let loop = try EventLoop(name: "test")
  defer { loop.stop() }
  try await loop.run { try await body(loop) }
}

extension Transport {
  /// Everything until the clean end.
  func readAll() async throws -> [UInt8] {
    var bytes: [UInt8] = []
    while try await read({ bytes.append(contentsOf: $0) }) {}
    return bytes
  }

  /// One read, as an array; nil at the end.
  func readOnce() async throws -> [UInt8]? {
    var bytes: [UInt8] = []
    return try await read { bytes.append(contentsOf: $0) } ? bytes : nil
  }
}
