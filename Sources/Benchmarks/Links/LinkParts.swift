import Calls
import HTTP
import IO
import Mesh
import Primitives

/// The processes between which there are links.
enum LinkParts {
  private static let pieceBytes = 64 << 10

  /// A node that serves a port. With a relay's port and id it listens there as well.
  static func node(_ arguments: inout PartArguments, on loop: EventLoop) async throws {
    let node = try LinkNode(on: loop, relay: LinkNode.relay(on: loop))
    let listener = try Listener(.loopback(port: 0))
    if !arguments.isEmpty {
      let relay = try await node.relay(at: arguments.port(), arguments.id())
      let ready = Gate()
      node.listen(at: relay, ready: ready)
      await ready.wait()
    }
    Parts.announce(listener.address, node.key)
    try await node.serve(listener)
  }

  /// Sends so many MiB to a node and waits until it has them.
  static func source(_ arguments: inout PartArguments, on loop: EventLoop) async throws {
    let kind = try arguments.text("lane or bulk")
    let mebibytes = try arguments.number("the MiB to send")
    let node = try LinkNode(on: loop, relay: LinkNode.relay(on: loop))
    let pieces = mebibytes * (1 << 20) / pieceBytes
    let received: Int
    switch kind {
    case "lane":
      let link = try await link(of: node, &arguments)
      received = try await call(link.caller, pieces)
      await link.close()
    case "bulk", "bulk-call":
      let carrier = try await node.bulkCarrier(to: arguments.port(), arguments.id())
      let (connection, caller) = try BulkCarrier.client(carrier)
      received = try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask(executorPreference: loop) { await connection.run() }
        defer { connection.close() }
        if kind == "bulk" { return try await post(connection, pieces) }
        return try await call(caller, pieces)
      }
    default: throw BenchError("there is no way called \(kind)", isUsage: true)
    }
    guard received == pieces * pieceBytes else {
      throw BenchError("\(received) of \(pieces * pieceBytes) bytes arrived")
    }
  }

  /// Calls a node one call after another and prints how long each took.
  static func client(_ arguments: inout PartArguments, on loop: EventLoop) async throws {
    let milliseconds = try arguments.number("the milliseconds to measure")
    let node = try LinkNode(on: loop, relay: LinkNode.relay(on: loop))
    let link = try await link(of: node, &arguments)
    let load = CallLoad(
      client: ProbeV1.ProbeClient(link.caller), duration: .milliseconds(milliseconds))
    _ = try await load.latencies(for: .milliseconds(milliseconds / 4))
    let latencies = try await load.latencies(for: .milliseconds(milliseconds))
    Parts.say([
      "p50": .number(Samples.quantile(0.5, of: latencies)),
      "p99": .number(Samples.quantile(0.99, of: latencies)),
    ])
    await link.close()
  }

  /// Holds so many links to one node, each of a node of its own that listens there, and says when
  /// all are there.
  static func hold(_ arguments: inout PartArguments, on loop: EventLoop) async throws {
    let count = try arguments.number("the number of links")
    let port = try arguments.port()
    let id = try arguments.id()
    let relay = LinkNode.relay(on: loop)
    var nodes: [LinkNode] = []
    try await withThrowingTaskGroup(of: [LinkNode].self) { group in
      for first in 0..<32 {
        group.addTask(executorPreference: loop) {
          var nodes: [LinkNode] = []
          for _ in stride(from: first, to: count, by: 32) {
            let node = try LinkNode(on: loop, relay: relay)
            let ready = Gate()
            node.listen(at: try await node.relay(at: port, id), ready: ready)
            await ready.wait()
            nodes.append(node)
          }
          return nodes
        }
      }
      for try await more in group { nodes += more }
    }
    Parts.say(["open": .integer(Int64(nodes.count))])
    await Gate().wait()
    Machine.note("\(nodes.count) links were held")
  }

  // MARK: - Helpers

  /// To the node named next; with a third word, to that one through the relay named before.
  private static func link(
    of node: LinkNode, _ arguments: inout PartArguments
  ) async throws -> Link {
    let port = try arguments.port()
    let id = try arguments.id()
    if arguments.isEmpty { return try await node.connect(to: port, id) }
    let relay = try await node.relay(at: port, id)
    return try await node.connect(to: arguments.id(), through: relay)
  }

  private static func call(_ caller: some Caller, _ pieces: Int) async throws -> Int {
    let request = ProbeV1.SinkRequest {
      $0.payload = [UInt8](repeating: 0x5A, count: pieceBytes)
    }
    let reply = try await ProbeV1.ProbeClient(caller).sink { requests in
      for _ in 0..<pieces { try await requests.write(request) }
    }
    return Int(reply.bytes)
  }

  private static func post(
    _ connection: FrameClientConnection, _ pieces: Int
  ) async throws -> Int {
    let piece = [UInt8](repeating: 0x5A, count: pieceBytes)
    let stream = try connection.open(
      RequestHead(method: .post, target: "/sink", authority: "node", headers: Headers()),
      endsWithHead: false)
    for _ in 0..<pieces { try await stream.write(piece) }
    try stream.finish(trailers: nil)
    _ = try await stream.head()
    var answer: [UInt8] = []
    while let more = try await stream.nextBody() { answer += more }
    return Int(String(decoding: answer, as: UTF8.self)) ?? 0
  }
}
