import Calls
import HTTP
import IO
import Primitives

@testable import Mesh

/// A network of one other node, or as many as a test puts into the table.
final class FakeNetwork: NetworkView {
  let own = TableSamples.id(1)
  let tableChanges = Broadcast()
  private let table: Locked<NodeTable>
  private let peer: (any Caller)?
  private let report: DialReport?

  init(peer: (any Caller)? = nil, report: DialReport? = nil) {
    self.peer = peer
    self.report = report
    table = Locked(NodeTable(me: own))
    add(1, "here")
    add(2, "there", path: .direct)
  }

  func add(_ number: Int, _ name: String, path: PathKind? = nil) {
    table.withLock { table in
      let record = TableSamples.record(number, name: name) {
        $0.addresses = ["192.0.2.\(number % 250):4747"]
      }
      table.take(record, at: .now())
      table.setPath(path, to: record.id)
    }
    tableChanges.announce()
  }

  func withTable<Result>(
    _ body: (inout NodeTable) throws(NetworkError) -> Result
  ) throws(NetworkError) -> Result {
    try table.withLock { table throws(NetworkError) in try body(&table) }
  }

  subscript(_ number: Int) -> NodeRow? { table.withLock { $0[TableSamples.id(number)] } }

  func caller(to peer: NodeID) throws(NetworkError) -> any Caller {
    guard let caller = self.peer, peer != own else {
      throw NetworkError(.unreachable, "no way leads to \(peer.short)")
    }
    return caller
  }

  func explain(_ peer: NodeID, deadline: Instant) async throws -> DialReport {
    guard let report else { throw NetworkError(.notFound, "nobody knows \(peer.short)") }
    return report
  }
}

/// What a stream of replies brings.
final class Replies<M: Message>: MessageStream {
  private let frames = Locked<[M]>([])
  private let change = Broadcast()

  var all: [M] { frames.withLock { $0 } }
  var writer: MessageWriter<M> { MessageWriter(self) }

  func next() async throws -> [UInt8]? { nil }
  func finish() async throws {}

  func send(_ frame: [UInt8]) async throws {
    let message = try M(decoding: Array(frame.dropFirst(FrameParser.prefixSize)))
    frames.withLock { $0.append(message) }
    change.announce()
  }

  /// Waits until there are so many.
  func wait(for count: Int) async {
    while true {
      let gate = change.next()
      if all.count >= count || Task.isCancelled { return }
      await gate.wait()
    }
  }
}

/// A peer that answers probes as told: for what a real one does too slowly or too fast.
final class ScriptedPeer: Caller {
  private let echo: @Sendable (Int) throws -> Void
  private let calls = Locked(0)

  /// The answer to each probe, counted from 1.
  init(echo: @escaping @Sendable (Int) throws -> Void = { _ in }) { self.echo = echo }

  func unary(
    _ method: MethodDescription, _ frame: [UInt8], _ options: CallOptions
  ) async throws -> [UInt8] {
    try echo(
      calls.withLock {
        $0 += 1
        return $0
      })
    return []
  }

  func call<Answer: Sendable>(
    _ method: MethodDescription, _ options: CallOptions,
    _ body: (any MessageStream) async throws -> Answer
  ) async throws -> Answer { throw Status(.unimplemented, "\(method)") }
}

extension CallContext {
  static var ofOwner: CallContext {
    CallContext(
      method: NodesV1.NodesMethods.list, principal: .localOwner, head: RequestHead(target: "/"),
      deadline: nil)
  }
}

extension NodesService {
  init(
    _ view: FakeNetwork, until stop: Gate = Gate(), limits: Limits = Limits(),
    tryAddresses: (@Sendable ([Endpoint]) -> Void)? = nil
  ) {
    self.init(
      view, tester: SpeedTester(view), until: stop, limits: limits, tryAddresses: tryAddresses)
  }
}

/// Runs `body` on a loop of its own.
func onLoop(_ body: () async throws -> Void) async throws {
  let loop = try EventLoop(name: "nodes")
  defer { loop.stop() }
  try await loop.run { try await body() }
}

/// A stream of a connection: messages go out on its own loop or not at all.
struct BoundStream: MessageStream {
  let loop: EventLoop

  func next() async throws -> [UInt8]? { nil }
  func finish() async throws {}
  func send(_ frame: [UInt8]) async throws {
    guard loop.isCurrent else { throw Status(.internal, "sent from another loop") }
  }
}
