package import Primitives
package import Store

/// A blob that comes in as many requests as it takes.
package struct Upload: Sendable, Equatable {
  /// Nobody guesses it; it is asked for all the same on whose behalf it is used.
  package let id: String
  package let owner: String
  package let length: Int64
  /// So many bytes are durable.
  package var received: Int64 = 0
  package var expiresAt: WallTime
  package var name: String?
  package var type: String?
  /// Once all bytes are there and a blob of the store.
  package var blob: BlobID?

  package var isComplete: Bool { received == length }
}

extension Upload {
  package static let schema = Schema(
    "blob-uploads",
    [
      Schema.Migration(
        "uploads",
        """
        CREATE TABLE blob_uploads (
          id TEXT PRIMARY KEY,
          owner TEXT NOT NULL,
          length BIGINT NOT NULL,
          received BIGINT NOT NULL,
          expires_at BIGINT NOT NULL,
          name TEXT,
          type TEXT,
          blob BLOB
        );
        CREATE INDEX blob_uploads_by_owner ON blob_uploads (owner);
        CREATE INDEX blob_uploads_by_end ON blob_uploads (expires_at);
        """)
    ])

  static let columns = "id, owner, length, received, expires_at, name, type, blob"

  init(_ row: some Row) throws {
    id = try row.text(0)
    owner = try row.text(1)
    length = try row.integer64(2)
    received = try row.integer64(3)
    expiresAt = WallTime(nanoseconds: try row.integer64(4))
    name = try row.textIfAny(5)
    type = try row.textIfAny(6)
    blob = try row.blobIfAny(7).flatMap { Digest($0) }.map { BlobID($0) }
  }
}
