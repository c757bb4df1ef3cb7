import Calls
package import IO
import Primitives

/// One message of a punch, as its core speaks it.
package struct PunchSignal: Equatable, Sendable {
  package struct Limits: Sendable {
    package var bytes = 2_048
    package var addresses = 8
    package var rounds: UInt32 = 16
    package var reasonBytes = 200
    package init() {}
  }

  package enum Kind: Equatable, Sendable {
    case wish
    case offer([SocketAddress])
    case answer([SocketAddress], held: Duration)
    case go
    case stop(reason: String)
  }

  package var kind: Kind
  package var round: UInt32

  package init(_ kind: Kind, round: UInt32) {
    self.kind = kind
    self.round = round
  }

  package var encoded: [UInt8] {
    var message = TraversalV1.PunchMessage()
    message.round = round
    switch kind {
    case .wish: message.kind = .wish
    case .offer(let addresses):
      message.kind = .offer
      message.addresses = addresses.map(\.description)
    case .answer(let addresses, let held):
      message.kind = .answer
      message.addresses = addresses.map(\.description)
      message.heldMicroseconds = UInt64(max(0, held.nanoseconds / 1_000))
    case .go: message.kind = .go
    case .stop(let reason):
      message.kind = .stop
      message.reason = reason
    }
    return message.encoded()
  }

  package init(decoding bytes: [UInt8], limits: Limits = Limits()) throws(NetworkError) {
    guard bytes.count <= limits.bytes else {
      throw NetworkError(
        .violation, "a punch message of \(bytes.count) bytes; at most \(limits.bytes) are allowed")
    }
    let message: TraversalV1.PunchMessage
    do { message = try TraversalV1.PunchMessage(decoding: bytes) } catch {
      throw NetworkError(.violation, "a punch message cannot be read: \(error)", cause: error)
    }
    guard message.round <= limits.rounds, message.addresses.count <= limits.addresses,
      message.reason.utf8.count <= limits.reasonBytes
    else {
      throw NetworkError(
        .violation,
        "a punch message with more rounds, addresses or words than are allowed was sent")
    }
    round = message.round
    switch message.kind {
    case .wish: kind = .wish
    case .offer: kind = .offer(try Self.addresses(message))
    case .answer:
      // An hour is longer than anybody waits, and cannot overflow.
      let held = Int64(min(message.heldMicroseconds, 3_600_000_000))
      kind = .answer(try Self.addresses(message), held: .microseconds(held))
    case .go: kind = .go
    case .stop: kind = .stop(reason: message.reason)
    default:
      throw NetworkError(
        .violation, "a punch message of the unknown kind \(message.kind.rawValue) was sent")
    }
  }

  private static func addresses(
    _ message: TraversalV1.PunchMessage
  ) throws(NetworkError) -> [SocketAddress] {
    var addresses: [SocketAddress] = []
    for text in message.addresses {
      guard text.utf8.count <= 64, let address = SocketAddress(text), address.port != nil else {
        throw NetworkError(
          .violation, "a punch message names \(text.prefix(64).debugDescription), no address")
      }
      addresses.append(address)
    }
    return addresses
  }
}
