package import Calls
package import IO
package import Primitives
import Security

/// A relay as a node uses it: its control by calls, its data by fresh connections to its port.
package struct RelayEndpoint: Sendable {
  /// Connects to the relay's port, on the loop it is called on.
  package typealias Dial = @Sendable () async throws -> any Transport

  package let relay: NodeID
  package let caller: any Caller
  package let dial: Dial

  package init(relay: NodeID, caller: any Caller, dial: @escaping Dial) {
    self.relay = relay
    self.caller = caller
    self.dial = dial
  }

  /// Opens a circuit to `target` and shakes hands through it, without waiting for the relay in
  /// between: the opening, the connection and what `shake` sends leave at once. Call on a loop.
  /// When the relay refuses, its reason is thrown, not how the connection ended.
  package func connect<Result: Sendable>(
    to target: NodeID, within time: Duration = .seconds(10),
    _ shake: @escaping @Sendable (any Transport) async throws -> Result
  ) async throws -> Result {
    let opening = RelayV1.OpenRequest {
      $0.target = target.bytes
      $0.callerTicket = SecureRandom.bytes(Bytes32.count)
      $0.targetTicket = SecureRandom.bytes(Bytes32.count)
    }
    guard let ticket = RelayTicket(opening.callerTicket) else {
      preconditionFailure("a drawn ticket has another length")
    }
    let refused = Locked<NetworkError?>(nil)
    let line = Locked<(any Transport)?>(nil)
    async let opened: Void = {
      do throws(NetworkError) {
        try await open(opening, within: time)
      } catch {
        refused.withLock { $0 = error }
        if let transport = line.withLock({ $0 }) {
          transport.loop.execute { transport.close() }
        }
        throw error
      }
    }()
    do {
      let transport = try await dial()
      line.withLock { $0 = transport }
      if refused.withLock({ $0 }) != nil { transport.close() }
      do {
        try await transport.write(RelayPreamble(ticket).encoded)
        let result = try await shake(transport)
        try await opened
        return result
      } catch {
        transport.close()
        throw error
      }
    } catch {
      throw refused.withLock { $0 } ?? error
    }
  }

  /// Passes a sealed message to another node that listens at the relay.
  package func signal(
    _ sealed: [UInt8], to target: NodeID, within time: Duration = .seconds(5)
  ) async throws(NetworkError) {
    let request = RelayV1.SignalRequest {
      $0.target = target.bytes
      $0.sealed = sealed
    }
    do {
      _ = try await client.signal(request, options: CallOptions(timeout: time))
    } catch { throw NetworkError(relaying: error) }
  }

  private func open(
    _ opening: RelayV1.OpenRequest, within time: Duration
  ) async throws(NetworkError) {
    do {
      _ = try await client.open(opening, options: CallOptions(timeout: time))
    } catch { throw NetworkError(relaying: error) }
  }

  var client: RelayV1.RelayClient { RelayV1.RelayClient(caller) }
}

extension NetworkError {
  /// What a relay answered, or why it could not be asked.
  init(relaying error: any Error) {
    if let error = error as? NetworkError {
      self = error
      return
    }
    guard let status = error as? Status else {
      self.init(.unreachable, "The relay cannot be asked: \(error)", cause: error)
      return
    }
    let code: Code =
      switch status.code {
      case .permissionDenied, .unauthenticated: .denied
      case .notFound: .notFound
      case .invalidArgument, .alreadyExists: .violation
      case .failedPrecondition: .expired
      case .resourceExhausted: .busy
      case .deadlineExceeded: .timedOut
      case .cancelled, .aborted: .closed
      case .ok, .unknown, .outOfRange, .unimplemented, .internal, .unavailable, .dataLoss:
        .unreachable
      }
    self.init(code, status.message, cause: status)
  }
}
