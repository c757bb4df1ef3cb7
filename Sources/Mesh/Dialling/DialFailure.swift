import Glibc
import IO
import Security

/// Why one way to a peer did not work.
package struct DialFailure: Error, Hashable, Sendable, CustomStringConvertible {
  package enum Reason: String, Hashable, Sendable, CaseIterable {
    /// Something is there and nothing listens on the port.
    case refused
    /// No route leads there.
    case noRoute
    /// Nothing came back: a firewall, a NAT, or nobody there.
    case timedOut
    /// Somebody else lives there now.
    case wrongNode
    /// Connected, but no session between nodes came of it.
    case handshake
    /// The hole was not made.
    case notPunched
    /// Punching has to be arranged over a connection that there is not.
    case noSignalling
    case relayRefused
    /// Something better was there before its turn came.
    case notNeeded
    /// The time for all attempts was over before its turn came.
    case notTried
    /// Given up on this side.
    case cancelled
    /// This machine could not try.
    case local
  }

  package var reason: Reason
  package var detail: String

  package init(_ reason: Reason, _ detail: String = "") {
    self.reason = reason
    self.detail = detail
  }

  /// From what connecting or the handshake threw.
  package init(_ error: any Error) {
    switch error {
    case let failure as DialFailure: self = failure
    case let error as SystemError: self.init(Self.reason(error), error.message)
    case let error as TrustError:
      self.init(error.code == .wrongPeer ? .wrongNode : .handshake, error.message)
    case let error as NetworkError: self.init(Self.reason(error.code), error.message)
    case is CancellationError: self.init(.cancelled)
    default: self.init(.handshake, String(describing: error))
    }
  }

  private static func reason(_ error: SystemError) -> Reason {
    switch error.code {
    case .unreachable where error.number == ECONNREFUSED: .refused
    case .unreachable: .noRoute
    case .reset, .closed: .handshake
    case .timedOut: .timedOut
    case .cancelled: .cancelled
    default: .local
    }
  }

  private static func reason(_ code: NetworkError.Code) -> Reason {
    switch code {
    case .timedOut: .timedOut
    case .unreachable: .noRoute
    case .denied, .busy, .notFound: .relayRefused
    default: .handshake
    }
  }

  /// What that means, for the person who asks why.
  package var meaning: String {
    switch reason {
    case .refused: "something answers there, but no node listens on that port"
    case .noRoute: "no route leads there from here"
    case .timedOut: "no answer came: a firewall or NAT drops it, or nobody is there"
    case .wrongNode: "another node answers there now"
    case .handshake: "a connection was made, but no session came of it"
    case .notPunched: "the NATs in between did not let the connections meet"
    case .noSignalling: "punching is arranged over a relay, and none was reached"
    case .relayRefused: "the relay would not connect the two"
    case .notNeeded: "not needed: something at least as good worked before"
    case .notTried: "not tried: the time was up before its turn"
    case .cancelled: "given up on this side"
    case .local: "this machine could not try"
    }
  }

  package var description: String { detail.isEmpty ? meaning : "\(meaning) (\(detail))" }
}
