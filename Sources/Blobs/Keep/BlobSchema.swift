package import Store

/// The tables of the store.
package enum BlobSchema {
  package static let schema = Schema(
    "blobs",
    [
      Schema.Migration("chunks and packs", chunks),
      Schema.Migration("blobs, folders, pins and owners", blobs),
    ])

  /// `blob_holes` are places in packs that nothing names any more and that are still to be punched.
  private static let chunks = """
    CREATE TABLE blob_packs (
      id BIGINT PRIMARY KEY,
      is_open BIGINT NOT NULL
    );
    CREATE TABLE blob_chunks (
      digest BLOB PRIMARY KEY,
      length BIGINT NOT NULL,
      uses BIGINT NOT NULL,
      bytes BLOB,
      pack BIGINT,
      place BIGINT
    );
    CREATE INDEX blob_chunks_by_pack ON blob_chunks (pack, place) WHERE pack IS NOT NULL;
    CREATE INDEX blob_chunks_unused ON blob_chunks (digest) WHERE uses = 0;
    CREATE TABLE blob_holes (
      pack BIGINT NOT NULL,
      place BIGINT NOT NULL,
      length BIGINT NOT NULL,
      PRIMARY KEY (pack, place)
    );
    """

  /// A folder has a number before it has a name: its members are sealed before its listing is.
  private static let blobs = """
    CREATE TABLE blob_blobs (
      id BLOB PRIMARY KEY,
      size BIGINT NOT NULL,
      manifest BLOB NOT NULL,
      is_whole BIGINT NOT NULL,
      is_damaged BIGINT NOT NULL,
      added_at BIGINT NOT NULL,
      used_at BIGINT NOT NULL
    );
    CREATE INDEX blob_blobs_by_use ON blob_blobs (used_at, id);
    CREATE INDEX blob_blobs_partial ON blob_blobs (id) WHERE is_whole = 0;
    CREATE TABLE blob_pins (
      blob BLOB NOT NULL,
      who TEXT NOT NULL,
      PRIMARY KEY (blob, who)
    );
    CREATE TABLE blob_owners (
      blob BLOB NOT NULL,
      owner TEXT NOT NULL,
      size BIGINT NOT NULL,
      PRIMARY KEY (blob, owner)
    );
    CREATE INDEX blob_owners_by_owner ON blob_owners (owner, blob);
    CREATE TABLE blob_folders (
      number BIGINT PRIMARY KEY,
      blob BLOB
    );
    CREATE INDEX blob_folders_by_blob ON blob_folders (blob);
    CREATE TABLE blob_members (
      folder BIGINT NOT NULL,
      member BLOB NOT NULL,
      PRIMARY KEY (folder, member)
    );
    CREATE INDEX blob_members_by_member ON blob_members (member);
    """
}
