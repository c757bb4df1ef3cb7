import Primitives

/// What a connection to be relayed begins with: a zero byte, which neither TLS nor HTTP begin
/// with, a magic word, and a ticket. No answer follows: the bytes behind it are the other side's.
package struct RelayPreamble: Equatable, Sendable {
  package var ticket: RelayTicket

  package static let firstByte: UInt8 = 0x00
  private static let magic: [UInt8] = [firstByte] + Array("apus/r1".utf8)
  package static let count = magic.count + Bytes32.count

  package init(_ ticket: RelayTicket) { self.ticket = ticket }

  package var encoded: [UInt8] { Self.magic + ticket.bytes.bytes }

  /// Takes bytes at any split and stops behind the last that belongs to the preamble.
  package struct Parser {
    private var seen: [UInt8] = []

    package init() {}

    /// Says how many of `bytes` it took, which is all of them until there is a result.
    package mutating func feed(
      _ bytes: some Collection<UInt8>
    ) throws(NetworkError) -> (taken: Int, result: RelayPreamble?) {
      let taken = bytes.prefix(RelayPreamble.count - seen.count)
      seen += taken
      guard seen.prefix(magic.count).elementsEqual(magic.prefix(seen.count)) else {
        throw NetworkError(
          .violation, "the connection begins like one to be relayed and goes on otherwise")
      }
      guard seen.count == RelayPreamble.count,
        let ticket = RelayTicket(seen[magic.count...])
      else { return (taken.count, nil) }
      return (taken.count, RelayPreamble(ticket))
    }
  }
}
