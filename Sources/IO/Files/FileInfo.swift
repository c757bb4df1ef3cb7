package import Primitives

/// What the file system says about a path.
package struct FileInfo: Sendable, Equatable {
  package enum Kind: Sendable, Equatable {
    case file
    case folder
    case link
    /// A socket, a pipe or a device.
    case other
  }

  package var kind: Kind
  /// Bytes.
  package var size: Int64
  /// The permission bits, with set-id and sticky bits: `0o600`.
  package var mode: UInt32
  package var owner: UInt32
  package var modified: WallTime

  package init(kind: Kind, size: Int64, mode: UInt32, owner: UInt32, modified: WallTime) {
    self.kind = kind
    self.size = size
    self.mode = mode
    self.owner = owner
    self.modified = modified
  }

  /// Somebody else than the owner may read or write it.
  package var isOpenToOthers: Bool { mode & 0o077 != 0 }
}
