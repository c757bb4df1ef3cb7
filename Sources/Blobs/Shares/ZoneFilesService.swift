package import Calls
package import Primitives

/// Files in the manner of small networks with a register of zones. What goes wrong is said in the
/// answer, as such programs expect, and not by the status of the call.
package final class ZoneFilesService: FilesV1.ZoneFilesService {
  /// One zone as this node knows it.
  package struct Zone: Sendable {
    package var name: String
    /// With the address of each, host:port, as far as it is known.
    package var members: [(id: NodeID, address: String)]

    package init(name: String, members: [(id: NodeID, address: String)]) {
      self.name = name
      self.members = members
    }
  }

  package struct Work: Sendable {
    /// This node's zone, and all.
    package var zones: @Sendable () -> (own: String, all: [Zone])
    /// The content of the file with this name, if this principal may read it.
    package var give: @Sendable (String, Principal) async throws -> [UInt8]
    /// Adds a file.
    package var take: @Sendable (String, [UInt8], Principal) async throws -> Void

    package init(
      zones: @escaping @Sendable () -> (own: String, all: [Zone]),
      give: @escaping @Sendable (String, Principal) async throws -> [UInt8],
      take: @escaping @Sendable (String, [UInt8], Principal) async throws -> Void
    ) {
      self.zones = zones
      self.give = give
      self.take = take
    }
  }

  /// Of one file, either way.
  package static let contentLimit = 4 << 20

  private let work: Work
  private let register: Locked<ZoneRegister>

  package init(limits: ZoneRegister.Limits = ZoneRegister.Limits(), _ work: Work) {
    self.work = work
    register = Locked(ZoneRegister(limits: limits))
  }

  /// How many addresses are registered.
  package var count: Int { register.withLock { $0.count } }

  package func register(
    _ request: FilesV1.RegisterRequest, _ context: CallContext
  ) async throws -> FilesV1.RegisterReply {
    let (own, all) = work.zones()
    do throws(BlobError) {
      let number = try register.withLock { register throws(BlobError) in
        try register.register(host: request.host, port: request.port)
      }
      return FilesV1.RegisterReply {
        $0.message = "registered as \(number) in zone \(own)"
        $0.id = number
        $0.zone = own
        $0.zones = UInt32(clamping: all.count)
        $0.zoneSize = UInt32(clamping: all.first { $0.name == own }?.members.count ?? 0)
      }
    } catch {
      return FilesV1.RegisterReply {
        $0.status = .failed
        $0.message = error.message
      }
    }
  }

  package func unregister(
    _ request: FilesV1.UnregisterRequest, _ context: CallContext
  ) async throws -> FilesV1.ZoneReply {
    do throws(BlobError) {
      try register.withLock { register throws(BlobError) in try register.unregister(request.id) }
      return FilesV1.ZoneReply { $0.message = "\(request.id) is registered no more" }
    } catch {
      return Self.failure(error)
    }
  }

  package func peersByZone(
    _ request: FilesV1.PeersByZoneRequest, _ context: CallContext
  ) async throws -> FilesV1.PeersByZoneReply {
    let (own, all) = work.zones()
    guard let zone = all.first(where: { $0.name == request.zone }) else {
      return FilesV1.PeersByZoneReply {
        $0.status = .failed
        $0.message =
          "there is no zone '\(request.zone.prefix(64))'; there are "
          + all.prefix(64).map(\.name).joined(separator: ", ")
      }
    }
    // Programs are in the zone of the node at which they registered.
    let programs = zone.name == own ? register.withLock { $0.entries } : []
    return FilesV1.PeersByZoneReply {
      $0.peers =
        zone.members.map { Self.peer($0.id.description, $0.address) }
        + programs.map { Self.peer("\($0.number)", $0.address) }
      $0.message = "\($0.peers.count) peers are in zone \(zone.name)"
    }
  }

  package func send(
    _ request: FilesV1.SendRequest, _ context: CallContext
  ) async throws -> FilesV1.SendReply {
    do {
      let content = try await work.give(request.name, context.principal)
      guard content.count <= Self.contentLimit else {
        throw BlobError(
          .refused,
          "the file has \(content.count) bytes, more than fit into one answer: "
            + "get it by the download call of Files")
      }
      return FilesV1.SendReply {
        $0.message = "\(content.count) bytes"
        $0.content = content
      }
    } catch let error as BlobError {
      return FilesV1.SendReply {
        $0.status = .failed
        $0.message = error.message
      }
    }
  }

  package func receive(
    _ request: FilesV1.ReceiveRequest, _ context: CallContext
  ) async throws -> FilesV1.ZoneReply {
    do {
      guard request.content.count <= Self.contentLimit else {
        throw BlobError(
          .refused,
          "the file has \(request.content.count) bytes, more than are taken at once: "
            + "add it by the upload call of Files")
      }
      guard Share.isName(request.name), (1...255).contains(request.name.utf8.count) else {
        throw BlobError(.refused, "a file cannot have that name; give another")
      }
      try await work.take(request.name, request.content, context.principal)
      return FilesV1.ZoneReply { $0.message = "\(request.content.count) bytes were taken" }
    } catch let error as BlobError {
      return Self.failure(error)
    }
  }

  private static func failure(_ error: BlobError) -> FilesV1.ZoneReply {
    FilesV1.ZoneReply {
      $0.status = .failed
      $0.message = error.message
    }
  }

  private static func peer(_ id: String, _ address: String) -> FilesV1.ZonePeer {
    FilesV1.ZonePeer {
      $0.id = id
      $0.address = address
    }
  }
}
