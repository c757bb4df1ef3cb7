import Calls
import HTTP
import IO
import Primitives

@testable import Mesh

/// Two links joined in memory, each answering `Probe` calls, on one loop.
/// Guard: confinement to `loop`.
final class LinkPair: LinkDelegate, @unchecked Sendable {
  let loop: EventLoop
  let ids: [NodeID]
  private(set) var links: [Link] = []
  private(set) var endings: [LinkCore.Ending] = []
  private(set) var suspicions = 0
  private(set) var detachments = 0
  private(set) var attachments = 0
  private(set) var wires: [(MemoryTransport, MemoryTransport)] = []
  var readLimit = Int.max
  var capacity = 64 << 10

  init(on loop: EventLoop, limits: LinkLimits = LinkLimits(), boots: [UInt64] = [11, 22]) {
    self.loop = loop
    ids = [Self.id(1), Self.id(2)]
    links = (0..<2).map { link($0, limits: limits, boot: boots[$0]) }
  }

  static func id(_ number: UInt8) -> NodeID {
    NodeID([UInt8](repeating: number, count: 32)) ?? { preconditionFailure("32 bytes") }()
  }

  private func link(_ side: Int, limits: LinkLimits, boot: UInt64) -> Link {
    return Link(
      own: ids[side], peer: ids[1 - side], boot: BootID(boot), on: loop,
      handler: Self.probeServer(),
      delegate: self, limits: limits)
  }

  /// Answers probes of nodes.
  static func probeServer() -> CallServer {
    var permissions = Permissions()
    permissions.members = [.probe]
    return CallServer(
      ProbeService(makeHash: { Sum() }).handlers, permissions: permissions,
      identify: { $0.peerKey.map { .node($0) } ?? .anonymous(isLoopback: false) })
  }

  /// Starts one side anew, as after a crash.
  func restart(_ side: Int, boot: UInt64) -> Link {
    let old = links[side]
    links[side] = link(side, limits: LinkLimits(), boot: boot)
    return old
  }

  func probe(from side: Int) -> ProbeV1.ProbeClient { ProbeV1.ProbeClient(links[side].caller) }

  /// A new carrier, dialled by `side`, which both links take.
  func connect(from side: Int, path: PathKind = .direct) async throws {
    let (near, far) = MemoryTransport.pair(on: loop, capacity: capacity)
    near.readLimit = readLimit
    far.readLimit = readLimit
    wires.append((near, far))
    async let accepted = carrier(over: far, of: 1 - side, isDialled: false, path)
    let dialled = try await carrier(over: near, of: side, isDialled: true, path)
    links[side].attach(dialled)
    links[1 - side].attach(try await accepted)
  }

  private func carrier(
    over wire: MemoryTransport, of side: Int, isDialled: Bool, _ path: PathKind
  ) async throws -> Carrier {
    let handshake = LinkHandshake(
      certificate: [1, 2, 3], version: "test", greeting: links[side].greeting)
    return try await handshake.run(
      over: wire, peerKey: ids[1 - side], path: path, isDialled: isDialled
    ) { _, _ in }
  }

  /// Breaks every wire but the last `count`.
  func breakWires(but count: Int = 0) {
    for wire in wires.dropLast(count) {
      wire.0.close()
      wire.1.close()
    }
    wires = Array(wires.suffix(count))
  }

  func close() async {
    for link in links { await link.close() }
    breakWires()
  }

  func linkAttached(_ link: Link, path: PathKind) { attachments += 1 }
  func linkSuspected(_ link: Link) { suspicions += 1 }
  func linkDetached(_ link: Link) { detachments += 1 }
  func linkEnded(_ link: Link, why: LinkCore.Ending) { endings.append(why) }

  private struct Sum: ProbeHash {
    private var sum: UInt64 = 0
    mutating func update(_ bytes: [UInt8]) { for byte in bytes { sum &+= UInt64(byte) } }
    mutating func digest() -> [UInt8] {
      (0..<8).map { UInt8(truncatingIfNeeded: sum >> ($0 * 8)) }
    }
  }
}

/// Runs `body` with a pair on a loop of its own, and closes it.
func withLinks(
  limits: LinkLimits = LinkLimits(), _ body: (LinkPair) async throws -> Void
) async throws {
  let loop = try EventLoop(name: "links")
  defer { loop.stop() }
  try await loop.run {
    let pair = LinkPair(on: loop, limits: limits)
    do {
      try await body(pair)
    } catch {
      await pair.close()
      throw error
    }
    await pair.close()
  }
}
