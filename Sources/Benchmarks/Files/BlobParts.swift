import Blobs
import Calls
import HTTP
import IO
import Mesh
import Primitives
import Security
import Store

/// A node that has a blob, and one that fetches it into a store of its own.
enum BlobParts {
  /// Adds a file to a store in that folder and serves it until the process is ended.
  static func give(_ arguments: inout PartArguments, on loop: EventLoop) async throws {
    let store = try await store(in: try arguments.text("a folder"))
    let manifest = try await add(try arguments.text("a file"), to: store)
    let folder = try await TreeReader(store).add(try arguments.text("a folder")).manifest
    let service = ChunkService(store, mayRead: { _, _ in true })
    let node = try LinkNode(
      on: loop, relay: LinkNode.relay(on: loop), adding: service.handlers)
    let listener = try Listener(.loopback(port: 0))
    Parts.say([
      "port": .integer(Int64(listener.address.port ?? 0)), "id": .string(node.key.id.description),
      "blob": .string(manifest.id.description), "folder": .string(folder.id.description),
    ])
    try await node.serve(listener)
  }

  /// Fetches a blob over one bulk carrier into a store in that folder, and with `members` all that
  /// it lists. Says how many bytes of it came.
  static func get(_ arguments: inout PartArguments, on loop: EventLoop) async throws {
    let store = try await store(in: try arguments.text("a folder"))
    let port = try arguments.port()
    let peer = try arguments.id()
    guard let blob = BlobID(try arguments.text("a blob")) else {
      throw BenchError("that is no blob", isUsage: true)
    }
    let takesMembers = try !arguments.isEmpty && arguments.text("members") == "members"
    let node = try LinkNode(on: loop, relay: LinkNode.relay(on: loop))
    let (connection, caller) = try BulkCarrier.client(
      try await node.bulkCarrier(to: port, peer))
    let fetcher = Fetcher(store) { _ in caller }
    let scope = ComponentScope()
    let come = Locked<Int64>(0)
    let hear: @Sendable (FetchProgress) -> Void = { progress in
      come.withLock { $0 = progress.bytes - progress.found }
    }
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask(executorPreference: loop) { await connection.run() }
      group.addTask(executorPreference: loop) { try await fetcher.run(scope) }
      try await fetcher.fetch(blob, from: FetchSources(only: [peer]), progress: hear)
      if takesMembers {
        let listing = try await TreeWriter(store).listing(of: blob)
        let members = listing.entries.compactMap { entry in
          if case .file(let file) = entry.content { file.manifest } else { nil }
        }
        try await fetcher.fetch(members, from: FetchSources(only: [peer]), progress: hear)
      }
      Parts.say(["bytes": .integer(come.withLock { $0 })])
      scope.stopGate.open()
      connection.close()
      try await group.waitForAll()
    }
  }

  private static func store(in folder: String) async throws -> BlobStore {
    try await RealDisk().makeFolders(folder, mode: 0o700)
    let database = try await Database.open("\(folder)/state.db")
    _ = try await database.migrate([BlobSchema.schema], at: .now())
    let store = BlobStore(database, disk: RealDisk(), folder: "\(folder)/blobs")
    try await store.open()
    return store
  }

  private static func add(_ path: String, to store: BlobStore) async throws -> Manifest {
    let file = try await RealDisk().open(path, .reading)
    let size = try await file.info().size
    let writer = BlobWriter(store)
    var builder = ManifestBuilder()
    for place in stride(from: 0, to: size, by: Manifest.chunkSize) {
      let bytes = try await file.read(at: place, count: Manifest.chunkSize)
      for chunk in try builder.feed(bytes[...]) {
        try await writer.keep(chunk.bytes, chunk.digest)
      }
    }
    let (last, manifest) = builder.finish()
    if let last { try await writer.keep(last.bytes, last.digest) }
    try await writer.seal([manifest])
    await writer.close()
    return manifest
  }
}
