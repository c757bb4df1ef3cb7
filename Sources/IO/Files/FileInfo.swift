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
  /// Nil on a simulated disk.
  package var identity: FileIdentity?

  package init(
    kind: Kind, size: Int64, mode: UInt32, owner: UInt32, modified: WallTime,
    identity: FileIdentity? = nil
  ) {
    self.kind = kind
    self.size = size
    self.mode = mode
    self.owner = owner
    self.modified = modified
    self.identity = identity
  }

  /// Somebody else than the owner may read or write it.
  package var isOpenToOthers: Bool { mode & 0o077 != 0 }
}

/// Tells a file or folder from every other that is there, whatever their names.
package struct FileIdentity: Sendable, Hashable {
  package var device: UInt64
  package var number: UInt64

  package init(device: UInt64, number: UInt64) {
    self.device = device
    self.number = number
  }
}
