import Calls
import HTTP
import IO
import Primitives
import Store

@testable import Blobs

struct WebAnswer: Sendable {
  var status: Int
  var headers: Headers
  var body: [UInt8]

  var text: String { String(decoding: body, as: UTF8.self) }
}

/// The pages of a store, asked over HTTP/2 in memory.
struct WebRig: Sendable {
  let there: TestStore
  let routes: BlobRoutes
  let uploads: UploadBook
  let loop: EventLoop
  let connection: FrameClientConnection

  func ask(
    _ method: Method, _ target: String, _ headers: Headers = [:], body: [UInt8]? = nil
  ) async throws -> WebAnswer {
    let stream = try connection.open(
      RequestHead(method: method, target: target, authority: "node", headers: headers),
      endsWithHead: body == nil)
    if let body {
      try await stream.write(body)
      try stream.finish(trailers: nil)
    }
    let head = try await stream.head()
    var answer = WebAnswer(status: head.status.number, headers: head.headers, body: [])
    while let piece = try await stream.nextBody() { answer.body += piece }
    return answer
  }
}

/// What the closures of the routes are given and say.
final class WebWorld: Sendable {
  let grants = Locked<[BlobID: BlobGrant]>([:])
  let mayWrite = Locked(true)
  let principal = Locked(Principal.localOwner)
  let asked = Locked<[BlobAsker]>([])
  let arrivals = Locked<[BlobArrival]>([])
  /// What has come in cannot be made a file.
  let refuses = Locked(false)
}

func withWeb(
  _ world: WebWorld = WebWorld(), limits: UploadBook.Limits = UploadBook.Limits(),
  on there: TestStore? = nil, _ body: @Sendable (WebRig) async throws -> Void
) async throws {
  let loop = try EventLoop(name: "web")
  defer { loop.stop() }
  try await loop.run {
    let fresh = try await TestStore()
    let there = there ?? fresh
    _ = try await there.database.migrate(
      [BlobSchema.schema, Upload.schema], at: WallTime(nanoseconds: 0))
    let uploads = UploadBook(there.store, folder: "/uploads", limits: limits)
    try await uploads.open(now: .now())
    let routes = BlobRoutes(
      there.store, uploads: uploads, identify: { _ in world.principal.withLock { $0 } },
      mayRead: { asker, id in
        world.asked.withLock { $0.append(asker) }
        return world.grants.withLock { $0[id] }
      }, mayWrite: { _ in world.mayWrite.withLock { $0 } },
      arrived: { arrival in
        if world.refuses.withLock({ $0 }) { throw BlobError(.busy, "not now; try again") }
        world.arrivals.withLock { $0.append(arrival) }
      })
    var router = Router()
    routes.add(to: &router)
    let (near, far) = MemoryTransport.pair(on: loop)
    let connection = try FrameClientConnection(transport: near, isSecure: false)
    let server = try FrameServerConnection(
      transport: far, info: ConnectionInfo(version: .http2, peer: far.peer, isSecure: false),
      handler: router, limits: ServerLimits())
    let rig = WebRig(
      there: there, routes: routes, uploads: uploads, loop: loop, connection: connection)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask(executorPreference: loop) { await server.serve() }
      group.addTask(executorPreference: loop) { await connection.run() }
      let result: Result<Void, any Error>
      do { result = .success(try await body(rig)) } catch { result = .failure(error) }
      connection.close()
      try await group.waitForAll()
      try result.get()
    }
  }
}
