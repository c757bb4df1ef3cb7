package import IO
package import Primitives

/// TLS over any transport, itself a transport.
///
/// An idle one holds no buffer: ciphertext is read from what the inner transport lends,
/// plaintext is lent from the loop's scratch, and ciphertext waits here only while the
/// inner transport takes no more. While some waits, `offer` takes nothing, so that back-pressure
/// passes through.
///
/// Guard of everything mutable: the loop's thread, as for every transport.
package final class SecureTransport: Transport, @unchecked Sendable {
  private let inner: any Transport
  private let session: TLSSession
  private let limits: TLSContext.Limits
  private var isLate = false
  /// The inner transport takes nothing more.
  private var isFinished = false

  package let loop: EventLoop
  package var peer: SocketAddress { inner.peer }

  /// What both sides speak; nil when they did not say.
  package var applicationProtocol: String? { session.applicationProtocol }
  /// The node at the other end: known only under `apus/1`, where it has proven its key.
  package var peerKey: NodeID? { session.peerKey }
  package var cipher: String { session.cipher }

  /// A secret only the two ends of this session know (RFC 8446 7.5).
  package func exportSecret(label: String, context: [UInt8] = [], count: Int = 32) -> SecretBytes {
    session.exportSecret(label: label, context: context, count: count)
  }

  private init(_ inner: any Transport, _ session: TLSSession, _ limits: TLSContext.Limits) {
    self.inner = inner
    self.session = session
    self.limits = limits
    loop = inner.loop
  }

  // MARK: - Opening

  /// Shakes hands as the server. On any error the inner transport is closed, after an alert that
  /// tells the other side why. `foreword`: see `TLSSession`.
  package static func accept(
    over inner: any Transport, context: TLSContext, foreword: [UInt8] = [], deadline: Instant
  ) async throws -> SecureTransport {
    let session = TLSSession(server: context, foreword: foreword)
    let transport = SecureTransport(inner, session, context.limits)
    try await transport.shakeHands(deadline)
    return transport
  }

  /// Shakes hands as the client; returns only once `to` has proven to be there.
  package static func connect(
    over inner: any Transport, context: TLSContext, to expected: ExpectedPeer, deadline: Instant
  ) async throws -> SecureTransport {
    let session: TLSSession
    do { session = try TLSSession(client: context, to: expected) } catch {
      inner.close()
      throw error
    }
    let transport = SecureTransport(inner, session, context.limits)
    try await transport.shakeHands(deadline)
    return transport
  }

  private func shakeHands(_ deadline: Instant) async throws {
    let timer = loop.schedule(at: deadline) { [self] in
      isLate = true
      inner.close()
    }
    defer { loop.cancel(timer) }
    do {
      var isOpen = try session.handshake(UnsafeRawBufferPointer(start: nil, count: 0))
      try await drain()
      while !isOpen {
        let more = try await inner.read { isOpen = try session.handshake($0) }
        guard more else { throw session.truncated() }
        try await drain()
      }
    } catch {
      let isLate = isLate
      if error is TrustError { await refuse() }
      inner.close()
      if !isLate { throw error }
      throw TrustError(
        .timedOut, "\(peer) did not finish the TLS handshake in time", cause: error)
    }
  }

  /// Sends the alert, then reads on for a moment: closing with unread bytes would reset the
  /// connection, and the reset could overtake the alert.
  private func refuse() async {
    let timer = loop.schedule(after: limits.refusedTime) { [inner] in inner.close() }
    defer { loop.cancel(timer) }
    do {
      try await drain()
      isFinished = true
      try await inner.finish()
      var left = limits.refusedBytes
      while left > 0, try await inner.read({ left -= $0.count }) {}
    } catch {
      // The connection is over either way, and the reason is already known.
    }
  }

  // MARK: - Changing loops

  /// An open session on its way to another loop.
  package final class Detached: @unchecked Sendable {  // guard: handed over once, used by one
    fileprivate let socket: DetachedSocket
    fileprivate let session: TLSSession
    fileprivate let limits: TLSContext.Limits

    fileprivate init(_ socket: DetachedSocket, _ session: TLSSession, _ limits: TLSContext.Limits) {
      self.socket = socket
      self.session = session
      self.limits = limits
    }
  }

  /// Takes an idle session off its loop: nobody may wait to read or write. Nil once closed, and
  /// for one that is not over a socket; this transport is closed afterwards.
  package func detach() -> Detached? {
    guard session.pending.isEmpty, let socket = (inner as? SocketTransport)?.detach() else {
      inner.close()
      return nil
    }
    return Detached(socket, session, limits)
  }

  /// Goes on here, on the loop's thread; nil when the session was taken already.
  package convenience init?(_ detached: Detached, on loop: EventLoop) throws(SystemError) {
    guard let socket = try SocketTransport(detached.socket, on: loop) else { return nil }
    self.init(socket, detached.session, detached.limits)
  }

  // MARK: - In

  package func read(_ body: (UnsafeRawBufferPointer) throws -> Void) async throws -> Bool {
    loop.checkIsCurrent("read")
    while true {
      if session.hasKeptInput {
        if try deliver(UnsafeRawBufferPointer(start: nil, count: 0), body) { return true }
      }
      if session.isInputEnded { return false }
      var isDelivered = false
      let more = try await inner.read { isDelivered = try deliver($0, body) }
      if isDelivered { return true }
      if !more { throw session.truncated() }
    }
  }

  private func deliver(
    _ ciphertext: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) throws -> Void
  ) throws -> Bool {
    // An alert may be due, or the answer to a key update.
    defer { flushQuietly() }
    return try loop.withScratch { space in
      let count = try session.decrypt(ciphertext, into: space)
      if count == 0 { return false }
      try body(UnsafeRawBufferPointer(rebasing: space[..<count]))
      return true
    }
  }

  // MARK: - Out

  package func offer(_ bytes: UnsafeRawBufferPointer) throws(SystemError) -> Int {
    loop.checkIsCurrent("offer")
    if session.isOutputEnded { throw SystemError(.closed, "this side has finished writing") }
    try flush()
    if !session.pending.isEmpty { return 0 }
    let taken: Int
    do { taken = try session.encrypt(bytes) } catch {
      throw SystemError(.reset, error.message)
    }
    try flush()
    return taken
  }

  package func writable() async throws(SystemError) { try await drain() }

  package func finish() async throws(SystemError) {
    loop.checkIsCurrent("finish")
    session.endOutput()
    try await drain()
    isFinished = true
    try await inner.finish()
  }

  package func close() { inner.close() }

  /// Hands over what the inner transport takes at once.
  private func flush() throws(SystemError) {
    let pending = session.pending
    if pending.isEmpty || isFinished { return }
    session.dropPending(try inner.offer(pending))
  }

  /// While reading, a writer's trouble is the writer's: it hears of it at its next call.
  private func flushQuietly() {
    do { try flush() } catch {}
  }

  /// Waits until nothing is left here.
  private func drain() async throws(SystemError) {
    while true {
      try flush()
      if session.pending.isEmpty || isFinished { return }
      try await inner.writable()
    }
  }
}
