import IO
import Primitives

/// Everybody this node has a link with, or wants one. A peer's link lives on one loop, always the
/// same for the same id, so that nothing about one peer is ever done in two places at once.
final class PeerSet: Sendable {
  private let shards: [PeerShard]

  init(loops: [EventLoop], make: @escaping @Sendable (NodeID, EventLoop) -> Peer) {
    shards = loops.map { PeerShard(on: $0, make: make) }
  }

  func loop(of peer: NodeID) -> EventLoop { shard(of: peer).loop }

  /// Runs `body` on the peer's loop. The peer is made when it is not there.
  func with<Result>(
    _ id: NodeID, _ body: (Peer) async throws -> Result
  ) async rethrows -> Result {
    let shard = shard(of: id)
    return try await shard.loop.run { try await body(shard.peer(id)) }
  }

  /// What to say to one that comes in; nil when nothing is known of a link with it.
  func greeting(of id: NodeID) async -> LinkCore.Greeting? {
    let shard = shard(of: id)
    return await shard.loop.run { shard.peers[id]?.link.greeting }
  }

  /// From anywhere, for those that are there; without waiting.
  func forEach(_ body: @escaping @Sendable (Peer) -> Void) {
    for shard in shards {
      shard.loop.execute { for peer in shard.peers.values { body(peer) } }
    }
  }

  /// The same for one.
  func ifThere(_ id: NodeID, _ body: @escaping @Sendable (Peer) -> Void) {
    let shard = shard(of: id)
    shard.loop.execute { if let peer = shard.peers[id] { body(peer) } }
  }

  /// Ends every link; returns when nothing of them is left.
  func closeAll() async {
    await withTaskGroup(of: Void.self) { group in
      for shard in shards { group.addTask { await shard.closeAll() } }
    }
  }

  private func shard(of id: NodeID) -> PeerShard {
    var hash: UInt64 = 0
    for byte in id.bytes.prefix(8) { hash = hash << 8 | UInt64(byte) }
    return shards[Int(hash % UInt64(shards.count))]
  }
}

/// The peers of one loop.
/// Guard: confinement to `loop`.
private final class PeerShard: @unchecked Sendable {
  let loop: EventLoop
  private(set) var peers: [NodeID: Peer] = [:]
  private let make: @Sendable (NodeID, EventLoop) -> Peer

  init(on loop: EventLoop, make: @escaping @Sendable (NodeID, EventLoop) -> Peer) {
    self.loop = loop
    self.make = make
  }

  func peer(_ id: NodeID) -> Peer {
    loop.checkIsCurrent("PeerShard.peer")
    if let peer = peers[id] { return peer }
    let peer = make(id, loop)
    peer.whenIdle = { [weak self, weak peer] in
      guard let self, let peer, peers[id] === peer else { return }
      peers[id] = nil
    }
    peers[id] = peer
    return peer
  }

  func closeAll() async {
    await loop.run {
      let leaving = peers
      peers = [:]
      for peer in leaving.values { peer.link.end(LinkFrame.Farewell(.done)) }
      for peer in leaving.values { await peer.close() }
    }
  }
}
