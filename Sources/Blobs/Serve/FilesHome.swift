import Mesh
import Primitives
package import Store

/// Which network the shares on this node's shelf belong to.
struct FilesHome {
  private let driver: any Driver
  private let shelf: ShareShelf

  init(_ driver: any Driver, _ shelf: ShareShelf) {
    self.driver = driver
    self.shelf = shelf
  }

  /// Of what was kept for another network only the node's own files stay; nobody in this one has
  /// heard of them yet. Returns what is on the shelf then, and whether this is another network.
  func enter(
    _ network: NetworkID, own: NodeID
  ) async throws -> (restored: [ShelvedShare], isAnother: Bool) {
    let name = network.key.bytes
    let before = try await driver.read { session in
      try session.first("SELECT network FROM file_home", []) { try $0.blob(0) }
    }
    var restored = try await shelf.load()
    if let before, before != name {
      var writes: [ShelfWrite] = []
      for shelved in restored {
        if shelved.key.owner == own && !shelved.signed.share.isWithdrawn {
          var kept = shelved
          (kept.listedUntil, kept.markedUntil, kept.holders) = (nil, nil, [])
          writes.append(.shelved(kept))
        } else {
          writes.append(.forgotten(shelved.key))
        }
      }
      try await shelf.save(writes)
      restored = try await shelf.load()
    }
    if before != name {
      try await driver.write { session in
        try session.execute("DELETE FROM file_home", [])
        try session.execute("INSERT INTO file_home (network) VALUES ($1)", [.blob(name)])
      }
    }
    return (restored, before.map { $0 != name } ?? false)
  }
}

extension Files {
  /// All tables of files.
  package static let schemas = [
    BlobSchema.schema, ShareShelf.schema, LinkSchema.schema,
    Schema(
      "files",
      [
        Schema.Migration(
          "the network of the shelf", "CREATE TABLE file_home (network BLOB PRIMARY KEY);")
      ]),
  ]
}
