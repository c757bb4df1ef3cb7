import CSystem
import Glibc
package import Primitives

extension SocketTransport {
  /// Connects to one address. Call on `loop`.
  package static func connect(
    to address: SocketAddress, on loop: EventLoop, deadline: Instant,
    options: SocketOptions = SocketOptions()
  ) async throws(SystemError) -> SocketTransport {
    loop.checkIsCurrent("connect")
    if case .unix(let path) = address.kind, path.utf8.count > Socket.pathLimit {
      throw SystemError(
        .invalidInput, "the socket path \(path) is longer than \(Socket.pathLimit) bytes")
    }
    let descriptor = try Socket.open(.stream, for: address)
    do { try options.prepare(descriptor) } catch {
      Glibc.close(descriptor)
      throw error
    }
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
      try await writableOrCancelled()
    } catch {
      if Task.isCancelled {
        throw SystemError(.cancelled, "connecting to \(peer) was cancelled")
      }
      throw Instant.now() >= deadline
        ? SystemError(.timedOut, "connecting to \(peer): no answer in time") : error
    }
    let failure = pendingError()
    if failure != 0 { throw SystemError(errno: failure, "connecting to \(peer)") }
  }

  private func writableOrCancelled() async throws(SystemError) {
    let outcome: Result<Void, SystemError> = await withTaskCancellationHandler {
      do throws(SystemError) {
        try await writable()
        return .success(())
      } catch {
        return .failure(error)
      }
    } onCancel: {
      loop.execute { [self] in close() }
    }
    try outcome.get()
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
    return try await withThrowingTaskGroup(of: Attempt.self) { group in
      var waiting = addresses[...]
      var pending = 0
      var failure = SystemError(.unreachable, "no address answered")
      func tryNext() {
        guard let address = waiting.popFirst() else { return }
        pending += 1
        group.addTask(executorPreference: loop) {
          do throws(SystemError) {
            return .connected(try await connect(to: address, on: loop, deadline: deadline))
          } catch {
            return .failed(error)
          }
        }
        guard !waiting.isEmpty else { return }
        let left = waiting.count
        group.addTask(executorPreference: loop) {
          // Cancelled, it is not listened to.
          try? await loop.sleep(for: stagger)
          return .staggered(left: left)
        }
      }
      tryNext()
      while pending > 0, let attempt = try await group.next() {
        switch attempt {
        case .connected(let winner):
          group.cancelAll()
          await closeLosers(&group)
          return winner
        case .failed(let error):
          pending -= 1
          failure = error
          if !Task.isCancelled { tryNext() }
        // Of an address that failed meanwhile: the next one is under way already.
        case .staggered(let left) where left != waiting.count: break
        case .staggered: tryNext()
        }
      }
      group.cancelAll()
      throw failure
    }
  }

  /// What happened while connecting to one of many addresses.
  private enum Attempt {
    case connected(SocketTransport)
    case failed(SystemError)
    /// It was time for the next, with that many left.
    case staggered(left: Int)
  }

  private static func closeLosers(_ group: inout ThrowingTaskGroup<Attempt, any Error>) async {
    // The group's tasks do not throw.
    while let late = try? await group.next() {
      if case .connected(let loser) = late { loser.close() }
    }
  }
}
