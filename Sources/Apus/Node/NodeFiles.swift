import Blobs
import Calls
import HTTP
import IO
import Mesh
import Primitives
import Security
import Store

/// The files' part of the assembly.
struct NodeFiles: Sendable {
  static let schemas = Files.schemas + [Upload.schema]

  let files: Files
  let fetcher: Fetcher
  private let chunks: ChunkService
  private let service: FilesService
  private let zoneFiles: ZoneFilesService
  let uploads: UploadBook
  private let store: BlobStore

  static func make(
    key: SigningKey, settings: Settings, folder: StateFolder, database: any Driver,
    disk: any Disk, loops: LoopGroup, network: Network, web: @escaping @Sendable () -> [String]
  ) async throws -> NodeFiles {
    let store = BlobStore(database, disk: disk, folder: folder.file("blobs"))
    try await store.open()
    var quota = BlobStore.Quota()
    quota.node = settings.filesQuota.bytes
    quota.owner = settings.filesQuotaPerOwner.bytes
    quota.owners[key.id.description] = .max
    try await store.limit(to: quota)
    let fetcher = Fetcher(
      store, path: { network.row(of: $0)?.path },
      report: { node, fault in
        Logger("Blobs").warning(
          "a node has sent what is not the file", LogField("node", node),
          LogField("what", "\(fault)"))
      }, caller: { try network.bulkCaller(to: $0) })
    let files = Files(
      Files.Ground(
        key: key, store: store, shelf: ShareShelf(database), links: LinkBook(database),
        fetcher: fetcher, network: network, driver: database, home: loops.loops[0],
        replicas: settings.filesReplicas
      ) { secret, file in
        web().map { "\($0)/s/\(secret.text)/\(Target.encode(file.name))#\(file.id)" }
      })
    network.house { try await files.tenant(of: $0, $1) }
    network.offer { UInt64(clamping: store.quota.node - store.bytes) }
    let uploads = UploadBook(store, folder: folder.file("uploads"))
    try await uploads.open(now: .now())
    return NodeFiles(
      files: files, fetcher: fetcher,
      chunks: ChunkService(store) { _, blob in await files.isShared(blob) },
      service: FilesService(files, uploads: uploads),
      zoneFiles: ZoneFilesService(zoneWork(files, network)), uploads: uploads, store: store)
  }

  /// Files by name alone, for programs that know zones.
  private static func zoneWork(_ files: Files, _ network: Network) -> ZoneFilesService.Work {
    ZoneFilesService.Work(
      zones: {
        let rows = network.rows().filter { $0.isSelf || $0.state.isLive }
        let zones = Dictionary(grouping: rows) { $0.record.zone }.map { name, rows in
          ZoneFilesService.Zone(
            name: name,
            members: rows.sorted { $0.id < $1.id }
              .map { ($0.id, $0.record.addresses.first ?? "") })
        }
        return (
          rows.first(where: \.isSelf)?.record.zone ?? "", zones.sorted { $0.name < $1.name }
        )
      },
      give: { name, _ in
        let bytes = Locked<[UInt8]>([])
        try await files.download(
          try await files.resolve(name), part: "", range: nil,
          begin: { size in
            guard size <= Int64(ZoneFilesService.contentLimit) else {
              throw BlobError(
                .refused, "the file is too large for one answer: get it by the calls of Files")
            }
          }, each: { piece in bytes.withLock { $0 += piece } })
        return bytes.withLock { $0 }
      },
      take: { name, bytes, _ in
        var wish = FileWish()
        wish.name = name
        wish.replaces = true
        var rest: [UInt8]? = bytes
        _ = try await files.add(wish, size: Int64(bytes.count)) {
          defer { rest = nil }
          return rest
        }
      })
  }

  // MARK: - Calls

  static let serviceNames = [
    FilesV1.FilesMethods.service, FilesV1.ZoneFilesMethods.service,
    FilesV1.ChunksMethods.service, FilesV1.PlacementMethods.service,
  ]

  var handlers: [MethodHandler] {
    let placement = FilesV1.PlacementMethods.exchange
    return service.handlers + zoneFiles.handlers + chunks.handlers + [
      MethodHandler.late(placement) { [files] in try files.placementHandler() }
    ]
  }

  // MARK: - HTTP

  func addRoutes(to router: inout Router, calls: CallServer) {
    let files = files
    BlobRoutes(
      store, uploads: uploads, identify: { calls.principal(of: $0) },
      mayRead: { asker, blob in
        guard calls.allows(asker.connection, .filesRead) else { return nil }
        return await files.grant(for: blob)
      }, mayWrite: { calls.allows($0.connection, .filesWrite) },
      arrived: { arrival in
        try await files.adopt(arrival.manifest, name: arrival.name, type: arrival.type)
      }
    ).add(to: &router)
    LinkRoutes(files).add(to: &router)
  }
}
