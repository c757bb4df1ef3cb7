import Calls
import HTTP
import IO
import Primitives
import Security
import Simulation
import Store

@testable import Blobs

/// A store of its own, in memory.
struct TestStore: Sendable {
  let disk: SimulatedDisk
  /// Through which the store sees the disk.
  let hooks: HookedDisk
  let database: MemoryDatabase
  let store: BlobStore

  init(seed: UInt64 = 1) async throws {
    disk = SimulatedDisk(seed: seed)
    hooks = HookedDisk(disk)
    database = try MemoryDatabase()
    try await database.migrate([BlobSchema.schema], at: WallTime(nanoseconds: 0))
    store = BlobStore(database, disk: hooks, folder: "/blobs")
    try await store.open()
  }

  /// The store as another process finds it that starts now.
  func reopened() async throws -> BlobStore {
    let store = BlobStore(database, disk: disk, folder: "/blobs")
    try await store.open()
    return store
  }

  @discardableResult
  func add(_ bytes: [UInt8]) async throws -> Manifest {
    let writer = BlobWriter(store)
    let (chunks, manifest) = try cut(bytes)
    for chunk in chunks { try await writer.keep(chunk.bytes, chunk.digest) }
    try await writer.seal([manifest])
    await writer.close()
    return manifest
  }

  /// As a fetch leaves it that was given up.
  func begin(_ bytes: [UInt8], chunks wanted: Set<Int>) async throws -> Manifest {
    let writer = BlobWriter(store)
    let (chunks, manifest) = try cut(bytes)
    try await writer.begin(manifest)
    for chunk in chunks where wanted.contains(chunk.number) {
      try await writer.keep(chunk.bytes, chunk.digest)
    }
    await writer.close()
    return manifest
  }

  /// Nil while it is not whole.
  func bytes(of id: BlobID) async throws -> [UInt8]? {
    guard let manifest = try await store.manifest(of: id) else { return nil }
    var all: [UInt8] = []
    for digest in manifest.chunks { all += try await store.chunk(digest) ?? [] }
    return all
  }

  /// Chunks of any kind, whoever has them.
  func chunkCount() async throws -> Int {
    try await database.read { session in
      try session.first("SELECT COUNT(*) FROM blob_chunks", []) { try $0.integer(0) } ?? 0
    }
  }
}

func cut(_ bytes: [UInt8]) throws -> ([ManifestBuilder.Chunk], Manifest) {
  var builder = ManifestBuilder()
  var chunks = try builder.feed(bytes[...])
  let (last, manifest) = builder.finish()
  if let last { chunks.append(last) }
  return (chunks, manifest)
}

/// Bytes of which each chunk differs from the others.
func content(_ count: Int, seed: Int = 0) -> [UInt8] {
  var bytes = [UInt8](repeating: UInt8(seed & 255), count: count)
  for place in stride(from: 0, to: count, by: Manifest.chunkSize) {
    bytes[place] = UInt8(truncatingIfNeeded: place >> 20 + 1)
    if place + 1 < count { bytes[place + 1] = UInt8(truncatingIfNeeded: place >> 28) }
  }
  return bytes
}

func node(_ number: UInt8) -> NodeID {
  NodeID([UInt8](repeating: number, count: 32)) ?? { preconditionFailure("32 bytes") }()
}

/// Whom the fetcher can call, and what it reported.
private final class Book: Sendable {
  let callers = Locked<[NodeID: any Caller]>([:])
  let faults = Locked<[NodeID: [FetchFault]]>([:])

  func caller(of id: NodeID) throws -> any Caller {
    guard let caller = callers.withLock({ $0[id] }) else {
      throw Status(.unavailable, "there is no such node")
    }
    return caller
  }
}

/// The time, which tests push on.
final class PushedClock: Sendable {
  private let state = Locked((ahead: Duration.zero, looks: 0))

  func now() -> Instant {
    .now().advanced(
      by: state.withLock { state in
        state.looks += 1
        return state.ahead
      })
  }

  func push(by duration: Duration) { state.withLock { $0.ahead += duration } }

  /// Pushes it, and returns when it has been looked at since.
  func pushAndShow(_ duration: Duration, on loop: EventLoop) async {
    push(by: duration)
    let seen = state.withLock { $0.looks } + 20
    while state.withLock({ $0.looks }) < seen { await loop.yieldTurn() }
  }
}

/// A fetcher and its sources, joined in memory on one loop.
/// Guard: confinement to `loop`.
final class FetchRig: @unchecked Sendable {
  let loop: EventLoop
  let here: TestStore
  let clock = PushedClock()
  private let book: Book
  private var wires: [NodeID: (FrameClientConnection, FrameServerConnection, MemoryTransport)] = [:]
  private let tasks: TaskSet
  let fetcher: Fetcher

  init(on loop: EventLoop, _ here: TestStore, _ limits: Fetcher.Limits) {
    let book = Book()
    self.book = book
    self.loop = loop
    self.here = here
    tasks = TaskSet(on: loop)
    fetcher = Fetcher(
      here.store, limits: limits,
      report: { node, fault in book.faults.withLock { $0[node, default: []].append(fault) } },
      clock: { [clock] in clock.now() },
      caller: { try book.caller(of: $0) })
  }

  /// Makes the service reachable as that node; the fetcher is node 0 to it.
  func connect(
    _ id: NodeID, _ service: some FilesV1.ChunksService, limits: ServerLimits = ServerLimits()
  ) throws {
    var permissions = Permissions()
    permissions.members = [.chunks]
    let server = CallServer(
      service.handlers, permissions: permissions, identify: { _ in .node(node(0)) })
    let (near, far) = MemoryTransport.pair(on: loop)
    let client = try FrameClientConnection(transport: near, isSecure: false, limits: limits)
    let connection = try FrameServerConnection(
      transport: far,
      info: ConnectionInfo(version: .http2, peer: .loopback(port: 1), isSecure: true),
      handler: server, limits: ServerLimits())
    wires[id] = (client, connection, near)
    book.callers.withLock { $0[id] = CallClient(client, on: loop, authority: "test") }
    tasks.start { await connection.serve() }
    tasks.start { await client.run() }
  }

  func caller(of id: NodeID) throws -> any Caller { try book.caller(of: id) }

  /// What was reported of a source.
  func faults(of id: NodeID) -> [FetchFault] { book.faults.withLock { $0[id] ?? [] } }
  var hasFaults: Bool { book.faults.withLock { !$0.isEmpty } }

  func cut(_ id: NodeID) { wires[id]?.2.close() }

  func close() async {
    for wire in wires.values { wire.0.close() }
    await tasks.waitForAll()
    // The script of a source may hold the rig, and the connection holds the source.
    wires.removeAll()
    book.callers.withLock { $0.removeAll() }
  }
}

/// Runs `body` with a fetcher that runs, and returns once everything has ended.
func withFetcher(
  limits: Fetcher.Limits = Fetcher.Limits(),
  _ body: @Sendable (FetchRig) async throws -> Void
) async throws {
  let loop = try EventLoop(name: "fetch")
  defer { loop.stop() }
  try await loop.run {
    let here = try await TestStore()
    let rig = FetchRig(on: loop, here, limits)
    let scope = ComponentScope()
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask(executorPreference: loop) { try await rig.fetcher.run(scope) }
      let result: Result<Void, any Error>
      do { result = .success(try await body(rig)) } catch { result = .failure(error) }
      scope.stopGate.open()
      try await group.waitForAll()
      await rig.close()
      try result.get()
    }
  }
}
