import CSystem
import Glibc
package import Primitives

extension SocketTransport {
  /// Connects to one address. Call on `loop`.
  package static func connect(
    to address: SocketAddress, on loop: EventLoop, deadline: Instant
  ) async throws(SystemError) -> SocketTransport {
    loop.checkIsCurrent("connect")
    if case .unix(let path) = address.kind, path.utf8.count > Socket.pathLimit {
      throw SystemError(
        .invalidInput, "the socket path \(path) is longer than \(Socket.pathLimit) bytes")
    }
    let descriptor = try Socket.open(.stream, for: address)
    let status = Socket.withAddress(address) { Glibc.connect(descriptor, $0, $1) }
    let failure = errno
    guard status == 0 || failure == EINPROGRESS else {
      Glibc.close(descriptor)
      throw SystemError(errno: failure, "connecting to \(address)")
    }
    let transport = try SocketTransport(adopting: descriptor, peer: address, on: loop)
    if status == 0 { return transport }
    do {
      try await transport.connected(by: deadline)
    } catch {
      transport.close()
      throw error
    }
    return transport
  }

  /// Waits for the outcome of a connection under way.
  private func connected(by deadline: Instant) async throws(SystemError) {
    let timer = loop.schedule(at: deadline) { [self] in close() }
    defer { loop.cancel(timer) }
    expectWritable()
    do {
      try await writable()
    } catch {
      throw Instant.now() >= deadline
        ? SystemError(.timedOut, "connecting to \(peer): no answer in time") : error
    }
    let failure = pendingError()
    if failure != 0 { throw SystemError(errno: failure, "connecting to \(peer)") }
  }

  /// Tries addresses in order, the next one when one fails or after `stagger` (RFC 8305): the
  /// first to connect wins, the others are closed.
  package static func connect(
    toAnyOf addresses: [SocketAddress], on loop: EventLoop, deadline: Instant,
    stagger: Duration = .milliseconds(250)
  ) async throws -> SocketTransport {
    guard let first = addresses.first else {
      throw SystemError(.unreachable, "there is no address to connect to")
    }
    if addresses.count == 1 { return try await connect(to: first, on: loop, deadline: deadline) }
    return try await withThrowingTaskGroup(of: Result<SocketTransport, SystemError>.self) { group in
      for (index, address) in addresses.enumerated() {
        group.addTask(executorPreference: loop) {
          do throws(SystemError) {
            if index > 0 { try await loop.sleep(for: stagger * index) }
            return .success(try await connect(to: address, on: loop, deadline: deadline))
          } catch {
            return .failure(error)
          }
        }
      }
      var failure = SystemError(.unreachable, "no address answered")
      while let result = try await group.next() {
        switch result {
        case .success(let transport):
          group.cancelAll()
          while let late = try await group.next() {
            if case .success(let loser) = late { loser.close() }
          }
          return transport
        case .failure(let error): failure = error
        }
      }
      throw failure
    }
  }
}
