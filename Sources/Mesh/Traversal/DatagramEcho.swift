package import IO
import Primitives
import Security

/// Answers datagrams with where they seem to come from, and asks others the same.
package final class DatagramEcho: Component {
  package let name = "datagram echo"
  private let address: SocketAddress
  private let loop: EventLoop
  private let limits: EchoResponder.Limits
  private let bound: @Sendable (SocketAddress) -> Void

  /// `bound` is told the address once, with the port that was chosen for port 0.
  package init(
    on loop: EventLoop, at address: SocketAddress, limits: EchoResponder.Limits = .init(),
    bound: @escaping @Sendable (SocketAddress) -> Void = { _ in }
  ) {
    self.address = address
    self.loop = loop
    self.limits = limits
    self.bound = bound
  }

  package func run(_ scope: ComponentScope) async throws {
    try await loop.run {
      var options = DatagramOptions()
      // As a listener does at the same address.
      options.takesIPv4 = address.isUnspecified
      let socket = try DatagramSocket(bind: address, on: loop, options: options)
      let stopper = TaskSet(on: loop)
      stopper.start {
        await scope.stopRequested()
        socket.close()
      }
      bound(socket.local)
      scope.started()
      var responder = EchoResponder(limits: limits)
      do {
        while true {
          try await socket.receive { bytes, sender in
            guard
              let answer = responder.answer(Array(bytes), from: sender, now: loop.now)
            else { return }
            // No way back to this one; there are others.
            _ = try? socket.send(answer, to: sender)
          }
        }
      } catch let error as SystemError where error.code == .closed || scope.isStopping {
        // Asked to stop.
      }
      socket.close()
      stopper.cancelAll()
      await stopper.waitForAll()
    }
  }

  /// Asks until an answer comes, at most `tries` times. Throws `timedOut` when none does, which
  /// is how blocked datagrams are known.
  package static func ask(
    _ vantage: SocketAddress, over socket: DatagramSocket, tries: Int = 3,
    patience: Duration = .milliseconds(500)
  ) async throws -> SocketAddress {
    let loop = socket.loop
    let cookie = SecureRandom.bytes(EchoDatagram.cookieSize)
    let question = EchoDatagram(cookie: cookie).encoded
    var left = max(1, tries)
    var timer: TimerToken?
    func ask() {
      guard left > 0 else {
        socket.close()
        return
      }
      left -= 1
      // A full queue drops it as the network would; the next try is on its way.
      _ = try? socket.send(question, to: vantage)
      timer = loop.schedule(after: patience) { ask() }
    }
    ask()
    defer { if let timer { loop.cancel(timer) } }
    var seen: SocketAddress?
    do {
      while seen == nil {
        try await socket.receive { bytes, sender in
          guard sender.unmapped == vantage.unmapped,
            let answer = EchoDatagram(decoding: Array(bytes)), answer.cookie == cookie
          else { return }
          seen = answer.seen
        }
      }
    } catch let error as SystemError where error.code == .closed && left == 0 {
      throw NetworkError(
        .timedOut, "\(vantage) answered no datagram; UDP may be blocked on the way")
    }
    guard let seen else { preconditionFailure("an answer without an address") }
    return seen
  }
}
