package import Calls
import Primitives

extension PlacementMessage {
  /// `apus.files.v1.PlacementMessage`.
  package var wire: FilesV1.PlacementMessage {
    FilesV1.PlacementMessage { wire in
      switch self {
      case .keep(let signed, let holders):
        wire.message = .keep(
          FilesV1.Keep {
            $0.share = signed.message
            $0.holders = holders.map(\.bytes)
          })
      case .tell(let copies): wire.message = .tell(Self.wire(copies))
      case .told(let copies): wire.message = .told(Self.wire(copies))
      case .release(let name, let holders):
        wire.message = .release(
          FilesV1.Release {
            $0.name = name.wire
            $0.holders = holders.map(\.bytes)
          })
      case .askPromise(let name): wire.message = .askPromise(name.wire)
      case .promise(let name, let isGiven):
        wire.message = .promise(
          FilesV1.Promise {
            $0.name = name.wire
            $0.isGiven = isGiven
          })
      }
    }
  }

  /// Throws when the peer sent what no honest one does, forged shares among it.
  package init(
    _ wire: FilesV1.PlacementMessage, limits: PlacementLimits = PlacementLimits()
  ) throws(BlobError) {
    guard let choice = wire.message else {
      throw BlobError(
        .damaged, "a message about copies says nothing: the peer may have a newer program")
    }
    switch choice {
    case .keep(let keep):
      guard let share = keep.share else { throw Self.damaged }
      self = .keep(
        try Self.genuine(share), holders: try Self.holders(keep.holders, limits))
    case .tell(let copies): self = .tell(try Self.copies(copies, limits))
    case .told(let copies): self = .told(try Self.copies(copies, limits))
    case .release(let release):
      guard let name = release.name else { throw Self.damaged }
      self = .release(try Name(name), holders: try Self.holders(release.holders, limits))
    case .askPromise(let name): self = .askPromise(try Name(name))
    case .promise(let promise):
      guard let name = promise.name else { throw Self.damaged }
      self = .promise(try Name(name), isGiven: promise.isGiven)
    }
  }

  /// About how many bytes it takes.
  package var roughSize: Int {
    switch self {
    case .keep(_, let holders): 500 + 34 * holders.count
    case .tell(let copies), .told(let copies):
      copies.reduce(8) { $0 + 80 + 34 * $1.holders.count + ($1.newer == nil ? 0 : 500) }
    case .release(_, let holders): 70 + 34 * holders.count
    case .askPromise, .promise: 70
    }
  }

  private static func wire(_ copies: [Copy]) -> FilesV1.Copies {
    FilesV1.Copies { $0.copies = copies.map(\.wire) }
  }

  private static func copies(
    _ wire: FilesV1.Copies, _ limits: PlacementLimits
  ) throws(BlobError) -> [Copy] {
    guard wire.copies.count <= limits.copiesPerMessage else {
      throw BlobError(
        .damaged,
        "a message is about \(wire.copies.count) shares; at most "
          + "\(limits.copiesPerMessage) are taken")
    }
    var copies: [Copy] = []
    for copy in wire.copies {
      guard let name = copy.name, let state = State(copy.state) else { throw damaged }
      var read = Copy(try Name(name), state)
      read.holders = try holders(copy.holders, limits)
      read.listedUntil =
        copy.listedUntil == 0
        ? nil : WallTime(nanoseconds: 0).advanced(by: .seconds(copy.listedUntil))
      if let newer = copy.newer {
        let signed = try genuine(newer)
        guard signed.key == read.name.key else { throw damaged }
        read.newer = signed
      }
      copies.append(read)
    }
    return copies
  }

  private static func holders(
    _ wire: [[UInt8]], _ limits: PlacementLimits
  ) throws(BlobError) -> [NodeID] {
    guard wire.count <= limits.holders else {
      throw BlobError(
        .damaged, "a message names \(wire.count) holders; at most \(limits.holders) are taken")
    }
    var holders: [NodeID] = []
    for bytes in wire {
      guard let holder = NodeID(bytes) else { throw damaged }
      holders.append(holder)
    }
    return holders
  }

  private static func genuine(_ wire: FilesV1.SignedShare) throws(BlobError) -> SignedShare {
    let signed = try SignedShare(wire)
    guard signed.isGenuine, !signed.share.isShortened else {
      throw BlobError(.damaged, "a share is not signed by its owner, or lacks its tags")
    }
    return signed
  }

  fileprivate static var damaged: BlobError {
    BlobError(.damaged, "a message about copies is damaged: something is missing or too short")
  }
}

extension PlacementMessage.Name {
  fileprivate var wire: FilesV1.ShareName {
    FilesV1.ShareName {
      $0.owner = key.owner.bytes
      $0.id = key.id.bytes
      $0.version = version
    }
  }

  fileprivate init(_ wire: FilesV1.ShareName) throws(BlobError) {
    guard let owner = NodeID(wire.owner), let id = ShareID(wire.id) else {
      throw PlacementMessage.damaged
    }
    self.init(ShareKey(owner: owner, id: id), version: wire.version)
  }
}

extension PlacementMessage.Copy {
  fileprivate var wire: FilesV1.Copy {
    FilesV1.Copy {
      $0.name = name.wire
      $0.state = state.wire
      $0.holders = holders.map(\.bytes)
      $0.listedUntil = listedUntil?.secondsSince1970 ?? 0
      $0.newer = newer?.message
    }
  }
}

extension PlacementMessage.State {
  fileprivate var wire: FilesV1.CopyState {
    switch self {
    case .lacking: .lacking
    case .whole: .whole
    case .fetching: .fetching
    case .full: .full
    case .busy: .busy
    }
  }

  fileprivate init?(_ wire: FilesV1.CopyState) {
    switch wire {
    case .lacking: self = .lacking
    case .whole: self = .whole
    case .fetching: self = .fetching
    case .full: self = .full
    case .busy: self = .busy
    default: return nil
    }
  }
}
