import Primitives
import Security
import Testing

@testable import Blobs

struct PlacementKeeperTests {
  private let key = SigningKey()

  @Test func `copies are made over calls, are in the index, and come back after a death`()
    async throws
  {
    try await withKeepers { rig in
      try await rig.add(key)
      for _ in 0..<4 { try await rig.add() }
      rig.introduceAll()
      let signed = try rig.share(ShareSamples.share(1, owner: key.id), by: key)
      let blob = signed.share.blob
      try await rig.eventually { rig.holders(of: blob).count == 2 }
      let index = try #require(rig.nodes[key.id]).index
      try await rig.eventually { try await index.holders(of: blob).count == 2 }
      var query = ShareQuery()
      query.name = signed.share.name
      #expect(try await index.find(query).found.map(\.signed) == [signed])
      let other = try #require(rig.holders(of: blob).last)
      rig.kill(other)
      #expect(rig.holders(of: blob) == [key.id])
      try await rig.eventually { rig.holders(of: blob).count == 2 }
    }
  }

  @Test func `who leaves hands over, and a withdrawn share goes everywhere`() async throws {
    try await withKeepers { rig in
      try await rig.add(key)
      for _ in 0..<3 { try await rig.add() }
      rig.introduceAll()
      let signed = try rig.share(ShareSamples.share(1, owner: key.id), by: key)
      let blob = signed.share.blob
      try await rig.eventually { rig.holders(of: blob).count == 2 }
      let other = try #require(rig.holders(of: blob).last)
      await rig.nodes[other]?.keeper.leave()
      #expect(rig.holders(of: blob).filter { $0 != other }.count == 2)
      rig.kill(other)
      let owner = try #require(rig.nodes[key.id])
      owner.keeper.add(try await owner.index.withdraw(signed.share))
      try await rig.eventually { rig.holders(of: blob).isEmpty }
      // Who is gone has said so of its copy too, and is shown as gone.
      try await rig.eventually {
        try await owner.index.holders(of: blob).filter(\.isLive).isEmpty
      }
    }
  }

  @Test func `a share that is renamed is found by its new name alone`() async throws {
    try await withKeepers { rig in
      try await rig.add(key)
      rig.introduceAll()
      let share = ShareSamples.share(1, owner: key.id)
      _ = try rig.share(share, by: key)
      let index = try #require(rig.nodes[key.id]).index
      var old = ShareQuery()
      old.name = share.name
      try await rig.eventually { try await index.find(old).found.count == 1 }
      var renamed = share
      (renamed.version, renamed.name) = (2, "Another")
      _ = try rig.share(renamed, by: key)
      var new = ShareQuery()
      new.name = renamed.name
      try await rig.eventually { try await index.find(new).found.map(\.share) == [renamed] }
      #expect(try await index.find(old).found.isEmpty)
    }
  }

  @Test func `what is known of copies is on the disk`() async throws {
    try await withKeepers { rig in
      try await rig.add(key)
      try await rig.add()
      rig.introduceAll()
      let signed = try rig.share(ShareSamples.share(1, owner: key.id), by: key)
      try await rig.eventually { rig.holders(of: signed.share.blob).count == 2 }
      for id in rig.ids {
        let shelf = ShareShelf(try #require(rig.nodes[id]).driver)
        let others = rig.ids.filter { $0 != id }
        try await rig.eventually {
          guard let row = try await shelf.share(signed.key) else { return false }
          return row.hasCopy && row.holders == others && row.markedUntil != nil
        }
      }
    }
  }
}
