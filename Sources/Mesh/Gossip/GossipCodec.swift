import Calls
import Primitives

/// The wire form of `GossipMessage`. Nodes travel as whole keys; those the directory does not know
/// are left out, since nothing can be done with them.
package struct GossipCodec: Sendable {
  package struct Limits: Sendable {
    package var bytes = 512 << 10
    package var records = 128
    package var claims = 256
    package var nodes = 64
    package var changes = 128
    package var hops: UInt32 = 16
    package init() {}
  }

  typealias Wire = TableV1
  let limits: Limits

  package init(limits: Limits = Limits()) { self.limits = limits }

  // MARK: - Out

  package func encode(_ message: GossipMessage, _ directory: PeerDirectory) -> [UInt8] {
    wire(message, directory).encoded()
  }

  func wire(_ message: GossipMessage, _ directory: PeerDirectory) -> Wire.GossipMessage {
    Wire.GossipMessage {
      $0.body = body(message.body, directory)
      for update in message.updates {
        switch update {
        case .record(_, let signed):
          $0.records.append(
            Wire.SignedRecord {
              $0.payload = signed.payload
              $0.signature = signed.signature
            })
        case .claim(let claim):
          if let claim = self.claim(claim, directory) { $0.claims.append(claim) }
        }
      }
    }
  }

  private func claim(
    _ claim: GossipMessage.Claim, _ directory: PeerDirectory
  ) -> Wire.Claim? {
    guard let node = directory.id(of: claim.peer), let by = directory.id(of: claim.by) else {
      return nil
    }
    return Wire.Claim {
      $0.node = node.bytes
      $0.sequence = claim.sequence
      $0.kind = claim.kind == .dead ? .dead : .suspect
      $0.by = by.bytes
    }
  }

  private func body(
    _ body: GossipMessage.Body, _ directory: PeerDirectory
  ) -> Wire.GossipMessage.BodyChoice? {
    switch body {
    case .rumours: nil
    case .probe(let probe): .probe(self.probe(probe))
    case .ack(let probe): .ack(self.probe(probe))
    case .indirect(let number, let target): .indirect(indirect(number, target, directory))
    case .indirectAck(let number, let target): .indirectAck(indirect(number, target, directory))
    case .join: .join(Wire.Join())
    case .forwardJoin(let newcomer, let hops):
      .forwardJoin(
        Wire.ForwardJoin {
          $0.newcomer = directory.id(of: newcomer)?.bytes ?? []
          $0.hops = UInt32(hops)
        })
    case .neighbour(let isUrgent): .neighbour(Wire.Neighbour { $0.urgent = isUrgent })
    case .neighbourReply(let isAccepted):
      .neighbourReply(Wire.NeighbourReply { $0.accepted = isAccepted })
    case .disconnect: .disconnect(Wire.Disconnect())
    case .shuffle(let peers): .shuffle(Wire.Sample { $0.nodes = keys(peers, directory) })
    case .shuffleReply(let peers): .shuffleReply(Wire.Sample { $0.nodes = keys(peers, directory) })
    case .changes(let changes, let isReply):
      .changes(
        Wire.Changes {
          $0.changes = changes.compactMap { change($0, directory) }
          $0.reply = isReply
        })
    case .wanted(let peers): .wanted(Wire.Wanted { $0.nodes = keys(peers, directory) })
    }
  }

  private func keys(_ peers: [PeerNumber], _ directory: PeerDirectory) -> [[UInt8]] {
    peers.compactMap { directory.id(of: $0)?.bytes }
  }

  private func change(
    _ change: GossipMessage.Change, _ directory: PeerDirectory
  ) -> Wire.Change? {
    directory.id(of: change.peer).map { id in
      Wire.Change {
        $0.node = id.bytes
        $0.sequence = change.sequence
        $0.gone = change.isGone
      }
    }
  }

  private func indirect(
    _ number: UInt32, _ target: PeerNumber, _ directory: PeerDirectory
  ) -> Wire.Indirect {
    Wire.Indirect {
      $0.number = number
      $0.target = directory.id(of: target)?.bytes ?? []
    }
  }

  private func probe(_ probe: GossipMessage.Probe) -> Wire.Probe {
    Wire.Probe {
      $0.number = probe.number
      $0.digest = probe.digest
      $0.live = probe.live
      $0.watchers = UInt32(probe.watchers)
      $0.strain = UInt32(probe.strain)
      $0.accused = probe.accused
      $0.coordinate = Wire.Coordinate {
        $0.position = (0..<Coordinate.dimensions).map { probe.coordinate.position[$0] }
        $0.height = probe.coordinate.height
        $0.error = probe.coordinate.error
      }
    }
  }
}
