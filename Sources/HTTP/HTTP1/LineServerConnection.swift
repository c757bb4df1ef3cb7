package import IO
import Primitives

/// One HTTP/1.1 connection of a server: requests one after the other, each answered by the
/// handler within the task that serves the connection. Pipelined requests are answered in order,
/// and small answers to them leave together.
/// Guard of everything mutable: confinement to the transport's loop.
package final class LineServerConnection: ServerConnection, @unchecked Sendable {
  let wire: LineWire
  let info: ConnectionInfo
  let limits: ServerLimits
  private let handler: any Handler
  private var parser: LineRequestParser
  private(set) var isDraining = false
  private var isIdle = false
  /// The client may still be sending when we have said our last word.
  private var mustLinger = false
  private var begun = 0
  private let idleNanoseconds: Int64

  static let timedOut: StaticString =
    "HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"

  package init(
    transport: any Transport, info: ConnectionInfo, handler: any Handler,
    limits: ServerLimits = ServerLimits()
  ) {
    wire = LineWire(transport)
    self.info = info
    self.limits = limits
    self.handler = handler
    parser = LineRequestParser(limits: HeadLimits(limits))
    idleNanoseconds = limits.idleTimeout.nanoseconds
  }

  /// True while this may be followed by another request.
  var acceptsMore: Bool { !isDraining && begun < limits.requestsPerConnection }

  /// Serves until the connection is over, and closes the transport.
  package func serve(received: [UInt8]) async {
    wire.unread(received)
    do {
      while let request = try await nextRequest() {
        guard try await answer(request) else { break }
      }
      try await leave()
    } catch let error as MessageError {
      await refuse(error)
    } catch {
      // The transport broke: there is nobody left to tell.
    }
    wire.close()
  }

  /// Ends once what is under way has been answered; at once when nothing is.
  package func drain() {
    isDraining = true
    if isIdle { wire.close() }
  }

  package func abort() {
    isDraining = true
    wire.close()
  }

  // MARK: - Requests

  private func nextRequest() async throws -> LineRequest? {
    try wire.consumeReceived { try self.parser.feed($0) }
    if !parser.isComplete {
      // The client may be waiting for what was said so far.
      try await wire.flush(timeout: limits.bodyTimeout)
      guard try await readHead() else { return nil }
    }
    begun += 1
    return parser.take()
  }

  /// False when the client has gone, or may go, between two requests.
  private func readHead() async throws -> Bool {
    defer {
      isIdle = false
      wire.farewell = nil
      wire.setReadDeadline(.distantFuture)
    }
    var hasDeadline = false
    while !parser.isComplete {
      let hasBegun = parser.hasBegun || wire.hasReceived
      if !hasBegun {
        if isDraining { return false }
        isIdle = true
        wire.setReadDeadline(wire.deadline(afterNanoseconds: idleNanoseconds))
      } else if !hasDeadline {
        isIdle = false
        hasDeadline = true
        wire.farewell = Self.timedOut
        wire.setReadDeadline(wire.deadline(after: limits.headTimeout))
      }
      guard try await wire.read({ try self.parser.feed($0) }) else { return false }
    }
    return true
  }

  /// False when the connection ends here.
  private func answer(_ request: LineRequest) async throws -> Bool {
    let exchange = LineExchange(request, on: self)
    do {
      try await handler.handle(exchange)
    } catch {
      exchange.settle(error)
    }
    exchange.settleSilence()
    if exchange.isUpgraded {
      wire.transport.close()
      return false
    }
    guard !wire.isClosed else { return false }
    guard exchange.keepsAlive else {
      mustLinger = !exchange.hasWholeBody || wire.hasReceived
      return false
    }
    if wire.outputCount > limits.pendingBytes {
      try await wire.flush(timeout: limits.bodyTimeout)
    }
    guard try await exchange.discardBody() else {
      mustLinger = true
      return false
    }
    return true
  }

  // MARK: - The end

  /// Says the last word so that it arrives: closing a socket with unread bytes would destroy
  /// what is still on its way to the client.
  private func leave() async throws {
    guard !wire.isClosed else { return }
    try await wire.flush(timeout: limits.bodyTimeout)
    try await wire.transport.finish()
    guard mustLinger else { return }
    var left = limits.drainBytes
    wire.setReadDeadline(wire.deadline(after: limits.lingerTimeout))
    while left > 0 {
      let isOpen = try await wire.read { bytes in
        left -= bytes.count
        return bytes.count
      }
      guard isOpen else { return }
    }
  }

  /// Answers bytes that are no request.
  private func refuse(_ error: MessageError) async {
    guard !wire.isClosed else { return }
    mustLinger = true
    let body = ErrorAnswer.body(status: error.status, message: error.message)
    wire.build { out in
      _ = HeadWriter.write(
        ResponseHead(error.status, headers: ["content-type": ErrorAnswer.type]),
        length: .exactly(body.count), persistence: .close,
        date: DateLine.bytes(at: self.wire.loop.now), to: &out)
      out.append(contentsOf: body)
    }
    // The client has broken the rules already; whether it listens is its own affair.
    try? await leave()
  }
}
