import Calls
import HTTP
import IO
import Primitives
import Security
import Testing

@testable import Mesh

@Suite(.timeLimit(.minutes(5))) final class FaultSwitchTests: Sendable {
  let loop: EventLoop
  private let own = NodeID.numbered(1)
  private let peer = NodeID.numbered(2)
  private let start = Instant.now()
  private let wall = WallTime(nanoseconds: 1_800_000_000_000_000_000)

  init() throws { loop = try EventLoop() }

  deinit { loop.stop() }

  private func find(_ name: String) throws(NetworkError) -> NodeID {
    switch name {
    case "anna": return own
    case "berta": return peer
    default: throw NetworkError(.notFound, "there is no \(name)")
    }
  }

  private func apply(_ text: String, to faults: FaultSwitch) throws {
    try faults.apply(FaultPlan.parse(text), now: .now(), wall: wall, find: find)
  }

  private static let partition = """
    seed = 1
    [[fault]]
    effect = "partition"
    groups = [["anna"], ["berta"]]
    """

  @Test func `a node that takes no plans has its transports to itself`() throws {
    let (near, _) = MemoryTransport.pair(on: loop)
    let faults = FaultSwitch(isEnabled: false, own: own)
    #expect(faults.wrap(near, to: peer) === near)
    let error = #expect(throws: NetworkError.self) { try self.apply(Self.partition, to: faults) }
    #expect(error?.code == .denied && faults.applied == nil)
  }

  @Test func `a plan concerns connections that were there before it`() async throws {
    let faults = FaultSwitch(isEnabled: true, own: own)
    try await loop.run { [self] in
      let (near, far) = MemoryTransport.pair(on: loop)
      let wrapped = faults.wrap(near, to: peer)
      try await wrapped.write([1])
      #expect(try await read(far) == [1])
      try apply(
        """
        seed = 1
        [[fault]]
        effect = "drop"
        from = ["anna"]
        """, to: faults)
      await #expect(throws: SystemError.self) { try await wrapped.write([2]) }
      #expect(faults.applied?.struck == [1])
      #expect(try await read(far) == [])
    }
  }

  @Test func `what a partition holds back goes on when the plan is cleared`() async throws {
    let faults = FaultSwitch(isEnabled: true, own: own)
    try await loop.run { [self] in
      try apply(Self.partition, to: faults)
      let (near, far) = MemoryTransport.pair(on: loop)
      let wrapped = faults.wrap(near, to: peer)
      try await far.write([7])
      async let reading = read(wrapped)
      async let writing: Void = wrapped.write([8])
      async let arriving = read(far)
      for _ in 0..<5 { await loop.yieldTurn() }
      #expect(faults.applied?.struck == [2])
      #expect(faults.clear(now: .now()) && !faults.clear(now: .now()))
      #expect(try await reading == [7])
      try await writing
      #expect(try await arriving == [8])
    }
  }

  @Test func `a plan that comes meanwhile releases who waits for the old one`() async throws {
    let faults = FaultSwitch(isEnabled: true, own: own)
    try await loop.run { [self] in
      try apply(Self.partition, to: faults)
      let (near, far) = MemoryTransport.pair(on: loop)
      let wrapped = faults.wrap(near, to: peer)
      // The offer is refused under the old plan; the wait begins under the new one.
      let taken = try [UInt8](repeating: 1, count: 4).withUnsafeBytes { try wrapped.offer($0) }
      #expect(taken == 0)
      try apply("seed = 2\n[[fault]]\neffect = \"delay\"\ndelay = \"1ms\"", to: faults)
      try await wrapped.writable()
      try await wrapped.write([1, 2])
      #expect(try await read(far) == [1, 2])
    }
  }

  @Test(arguments: [
    ("seed = 1\n[[fault]]\neffect = \"crash\"\nnodes = [\"anna\"]", NetworkError.Code.violation),
    ("seed = 1\n[[fault]]\neffect = \"disk-error\"", .violation),
    ("seed = 1\n[[fault]]\neffect = \"drop\"\nto = [\"carla\"]", .notFound),
  ])
  func `a plan that cannot be carried out here is refused whole`(
    text: String, code: NetworkError.Code
  ) throws {
    let faults = FaultSwitch(isEnabled: true, own: own)
    try apply(Self.partition, to: faults)
    let error = #expect(throws: NetworkError.self) { try self.apply(text, to: faults) }
    #expect(error?.code == code)
    #expect(faults.applied?.plan.rules.first?.effect == .partition)
  }

  private func read(_ transport: any Transport) async throws -> [UInt8] {
    var bytes: [UInt8] = []
    _ = try await transport.read { bytes = Array($0) }
    return bytes
  }
}
