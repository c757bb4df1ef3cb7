import IO
import Primitives

/// Answers datagrams at the node's own port: `DatagramEcho`, where the port is to be had. The
/// node does without it where not.
struct EchoPort: Component {
  let name: String
  private let address: SocketAddress
  private let loop: EventLoop

  init(_ address: SocketAddress, on loop: EventLoop) {
    name = "datagram echo at \(address)"
    self.address = address
    self.loop = loop
  }

  func run(_ scope: ComponentScope) async throws {
    do { try await DatagramEcho(on: loop, at: address).run(scope) } catch let error as SystemError {
      Logger("Mesh").info(
        "datagrams are not answered", LogField("at", address),
        LogField("why", error.message))
      scope.started()
      await scope.stopRequested()
    }
  }
}
