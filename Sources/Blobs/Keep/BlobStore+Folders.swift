import Primitives
import Store

// MARK: - Folders

extension BlobStore {
  /// Whether it is a folder of which everything is here.
  package func isFolder(_ id: BlobID) async throws(BlobError) -> Bool {
    try await reading { session in
      try session.first("SELECT 1 FROM blob_folders WHERE blob = $1", [.blob(id.bytes)]) { _ in
        true
      } ?? false
    }
  }

  /// Those that it is in.
  package func folders(of member: BlobID, limit: Int = 1_024) async throws(BlobError) -> [BlobID] {
    try await reading { session in
      try session.rows(
        """
        SELECT DISTINCT f.blob FROM blob_members m JOIN blob_folders f ON f.number = m.folder
        WHERE m.member = $1 AND f.blob IS NOT NULL LIMIT $2
        """, [.blob(member.bytes), .integer(limit)]
      ) { try Self.id($0, 0) }
    }
  }
}
