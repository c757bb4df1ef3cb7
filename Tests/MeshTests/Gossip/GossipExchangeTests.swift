import Calls
import IO
import Primitives
import Security
import Testing

@testable import Mesh

/// The shell of the membership core, over streams in memory.
@Suite struct GossipExchangeTests {
  private static func signed(
    _ id: NodeID, _ sequence: UInt64, isLeaving: Bool = false
  ) throws -> SignedRecord {
    var record = NodeRecord(
      id: id, sequence: sequence, name: id.short, issuedAt: .now(), lease: .seconds(600))
    record.isLeaving = isLeaving
    return try SignedRecord(
      payload: record.encoded, signature: [UInt8](repeating: 1, count: 64))
  }

  private func exchange(
    _ id: NodeID, contacts: [NodeID], _ nodes: WiredNodes
  ) throws -> GossipExchange {
    let callers = nodes.callers(of: id)
    let hooks = GossipHooks(
      dial: { peer, body in
        try await TableV1.GossipClient(try callers(peer)).exchange {
          try await body(GossipStream($0))
        }
      }, release: { _ in },
      sign: { after, _, isLeaving in
        try Self.signed(id, after + 1, isLeaving: isLeaving)
      }, revocations: { Digest.sha256(of: []) }, mergeRevocations: { _, _ in },
      reconcile: { _ in [] }, changed: { _ in })
    let beginning = GossipExchange.Beginning(
      own: try Self.signed(id, 1), contacts: contacts, known: [])
    return GossipExchange(
      beginning, checker: TrustingChecker(), on: nodes.loop, seed: 5, hooks: hooks)
  }

  @Test func `what is compared is what the core holds: joined, renewed, left and expelled`()
    async throws
  {
    try await withWiredNodes { nodes in
      let ids = (1...4).map { NodeID.numbered($0) }
      let shells = try ids.map { try exchange($0, contacts: [ids[0]], nodes) }
      for (id, shell) in zip(ids, shells) { nodes.answer(id, shell.handlers) }
      for shell in shells { _ = nodes.start(shell) }
      try await nodes.eventually {
        for shell in shells where await shell.shelf().count < 4 { return false }
        return true
      }
      let renewed = try Self.signed(ids[1], 2)
      await shells[1].publish(renewed)
      try await nodes.eventually {
        for shell in shells where await !shell.shelf().has(renewed) { return false }
        return true
      }
      await shells[2].leave()
      try await nodes.eventually { await shells[0].shelf().count == 3 }
      await shells[0].expel(ids[3])
      #expect(await shells[0].shelf().count == 2)
      for shell in shells {
        var fresh = RecordShelf()
        fresh.fill(await shell.liveRecords())
        let held = await shell.shelf()
        #expect(held.count == fresh.count)
        #expect(
          held.items.sum(of: 0..<held.items.count) == fresh.items.sum(of: 0..<fresh.items.count))
      }
    }
  }
}
