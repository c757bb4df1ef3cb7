package import Store

/// The table of links.
package enum LinkSchema {
  package static let schema = Schema(
    "share links",
    [
      Schema.Migration(
        "links",
        """
        CREATE TABLE share_links (
          hash BLOB PRIMARY KEY,
          share BLOB NOT NULL,
          created_at BIGINT NOT NULL,
          expires_at BIGINT NOT NULL,
          uses BIGINT,
          used BIGINT NOT NULL
        );
        CREATE INDEX share_links_by_share ON share_links (share);
        """),
      // An id alone is no name of a share: anybody may sign one with the id of another's.
      Schema.Migration(
        "links by the share's owner and id",
        "DELETE FROM share_links WHERE length(share) <> \(ShareKey.count);"),
    ])
}
