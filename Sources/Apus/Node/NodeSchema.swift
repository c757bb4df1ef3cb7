import Store

/// The node's own tables. Other modules bring theirs.
enum NodeSchema {
  static let schema = Schema(
    "node",
    [
      Schema.Migration(
        "boots",
        """
        CREATE TABLE boots (
          number INTEGER PRIMARY KEY,
          started TEXT NOT NULL,
          version TEXT NOT NULL,
          ended TEXT
        );
        """),
      Schema.Migration(
        "sharing",
        """
        CREATE TABLE sharing (
          id INTEGER PRIMARY KEY CHECK (id = 1),
          decision BLOB NOT NULL
        );
        """),
    ])
}
