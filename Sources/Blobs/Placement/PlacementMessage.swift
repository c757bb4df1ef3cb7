package import Primitives

/// What placement cores of two nodes say to each other. Every message may be lost, doubled or
/// late.
package enum PlacementMessage: Sendable, Hashable {
  /// "Have a copy of this; these have one." Answered by `told`, and once more when it is whole.
  case keep(SignedShare, holders: [NodeID])
  /// "I have these; and you?" Answered by `told`.
  case tell([Copy])
  case told([Copy])
  /// "You may let go of it, once those have promised to keep theirs."
  case release(Name, holders: [NodeID])
  case askPromise(Name)
  case promise(Name, isGiven: Bool)

  /// One version of a share.
  package struct Name: Hashable, Sendable {
    package var key: ShareKey
    package var version: UInt64

    package init(_ key: ShareKey, version: UInt64) {
      self.key = key
      self.version = version
    }
  }

  package enum State: Sendable, Hashable {
    case lacking
    case whole
    case fetching
    /// There is no room for it.
    case full
    /// Too much is being fetched; later.
    case busy
  }

  package struct Copy: Hashable, Sendable {
    package var name: Name
    package var state: State
    /// Others that have one, as far as the sender knows.
    package var holders: [NodeID] = []
    package var listedUntil: WallTime?
    /// A newer version than the one that was asked about.
    package var newer: SignedShare?

    package init(_ name: Name, _ state: State) {
      self.name = name
      self.state = state
    }
  }
}
