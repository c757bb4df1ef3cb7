import Calls
import Primitives

/// What the other side said first.
package struct PeerHello: Sendable {
  package enum Purpose: Sendable, Equatable {
    /// Both lanes of a link.
    case main
    /// One HTTP/2 session, its client the dialler.
    case bulk
  }

  package var purpose: Purpose
  /// Of its program.
  package var version: String
  /// How it sees this side; empty when it does not say.
  package var observedAddress: String
  package var greeting: LinkCore.Greeting
  package var certificate: [UInt8]

  init(_ message: LinkV1.Hello) throws(NetworkError) {
    switch message.purpose {
    case .main: purpose = .main
    case .bulk: purpose = .bulk
    default:
      throw NetworkError(
        .violation, "The hello names no purpose that this version knows; update this node.")
    }
    guard message.received.count <= LinkFrame.laneCount else {
      throw NetworkError(.violation, "The hello speaks of \(message.received.count) lanes.")
    }
    guard purpose == .bulk || message.laneBytes >= LinkFrame.leastWindow else {
      throw NetworkError(
        .violation,
        "The hello offers \(message.laneBytes) bytes a lane; \(LinkFrame.leastWindow) are due.")
    }
    let received = message.received + [0, 0]
    version = message.version
    observedAddress = message.observedAddress
    certificate = message.certificate
    greeting = LinkCore.Greeting(
      boot: BootID(message.boot), link: message.link, epoch: message.epoch,
      received: (received[0], received[1]), laneBytes: Int(message.laneBytes))
  }
}
