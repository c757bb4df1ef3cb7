import IO
import Primitives
import Testing

@testable import Mesh

@Suite struct PortMappingCoreTests {
  private func port(
    _ outside: String = "203.0.113.5:6000", _ method: PortMappingMethod = .natPMP,
    seconds: Int64 = 7_200
  ) -> MappedPort {
    MappedPort(
      method: method, outside: address(outside), inside: 4_711, lifetime: .seconds(seconds))
  }

  private let silence = PortMappingFailure(.noRouter, "nobody")
  private let hours = Duration.seconds(7_200)

  @Test func `a mapping is told, renewed at half its life and given back at the end`() {
    var core = PortMappingCore(inside: 4_711, seed: 1)
    let asked = core.handle(.begin, now: at(0))
    #expect(asked == [.ask(.natPMP, wanted: 4_711, lifetime: hours)])
    let told = core.handle(.mapped(port(seconds: 600)), now: at(1_000))
    #expect(told == [.changed(address("203.0.113.5:6000"))])
    #expect(core.nextWake == at(301_000))
    let renewed = core.handle(.wake, now: at(301_000))
    #expect(renewed == [.ask(.natPMP, wanted: 6_000, lifetime: hours)])
    #expect(core.handle(.mapped(port(seconds: 600)), now: at(302_000)) == [])
    let ended = core.handle(.stop, now: at(303_000))
    #expect(ended == [.remove(port(seconds: 600)), .changed(nil)])
    #expect(core.nextWake == nil)
  }

  @Test func `the second method is asked when the first fails, then both rest ever longer`() {
    var core = PortMappingCore(inside: 4_711, seed: 1)
    _ = core.handle(.begin, now: at(0))
    let second = core.handle(.failed(.natPMP, silence), now: at(1))
    #expect(second == [.ask(.upnp, wanted: 4_711, lifetime: hours)])
    let without = core.handle(.failed(.upnp, silence), now: at(2))
    #expect(without == [.without([.natPMP: silence, .upnp: silence])])
    let wake = core.nextWake ?? at(0)
    #expect(wake >= at(30_002) && wake <= at(60_002))
    #expect(core.handle(.wake, now: wake) == [.ask(.natPMP, wanted: 4_711, lifetime: hours)])
  }

  @Test func `a router behind another NAT is no help, and its mapping is given back`() {
    var core = PortMappingCore(inside: 4_711, seed: 1)
    _ = core.handle(.begin, now: at(0))
    let private_ = port("192.168.0.2:6000")
    let actions = core.handle(.mapped(private_), now: at(1))
    #expect(actions == [.remove(private_), .ask(.upnp, wanted: 4_711, lifetime: hours)])
    let without = core.handle(.failed(.upnp, silence), now: at(2))
    guard case .without(let reasons)? = without.first else {
      Issue.record("\(without)")
      return
    }
    #expect(reasons[.natPMP]?.reason == .secondNAT)
  }

  @Test func `a mapping that cannot be renewed is taken back`() {
    var core = PortMappingCore(inside: 4_711, seed: 1)
    _ = core.handle(.begin, now: at(0))
    _ = core.handle(.mapped(port()), now: at(0))
    _ = core.handle(.wake, now: at(3_600_000))
    _ = core.handle(.failed(.natPMP, silence), now: at(3_600_001))
    let actions = core.handle(.failed(.upnp, silence), now: at(3_600_002))
    #expect(actions.first == .changed(nil))
    #expect(core.port == nil)
  }

  @Test func `another network is asked anew, and a late answer after the end is given back`() {
    var core = PortMappingCore(inside: 4_711, seed: 1)
    _ = core.handle(.begin, now: at(0))
    #expect(core.handle(.networkChanged, now: at(1)) == [])
    let actions = core.handle(.mapped(port()), now: at(2))
    #expect(actions.last == .ask(.natPMP, wanted: 6_000, lifetime: hours))
    _ = core.handle(.stop, now: at(3))
    #expect(core.handle(.mapped(port()), now: at(4)) == [.remove(port())])
  }
}

/// A router that speaks NAT-PMP (RFC 6886), on a loopback address of its own, since the protocol
/// has but one port.
/// Guard: confinement to `loop`.
private final class FakeRouter: @unchecked Sendable {
  let address: SocketAddress
  let socket: DatagramSocket
  var mappings: [UInt16: UInt16] = [:]
  var refuses = false

  init(on loop: EventLoop) throws {
    var random = SystemRandomNumberGenerator()
    while true {
      let host = (0..<3).map { _ in UInt8.random(in: 1...254, using: &random) }
      let address = SocketAddress(.v4([127] + host, port: 5_351))
      // Taken: another one.
      guard let socket = try? DatagramSocket(bind: address, on: loop) else { continue }
      self.address = address
      self.socket = socket
      return
    }
  }

  func serve() async {
    do {
      while true {
        try await socket.receive { bytes, sender in
          guard let answer = answer(Array(bytes)) else { return }
          try socket.send(answer, to: sender)
        }
      }
    } catch {
      socket.close()
    }
  }

  private func answer(_ bytes: [UInt8]) -> [UInt8]? {
    let epoch: [UInt8] = [0, 0, 0, 9]
    let code: [UInt8] = refuses ? [0, 2] : [0, 0]
    if bytes == [0, 0] { return [0, 128] + [0, 0] + epoch + [203, 0, 113, 77] }
    guard bytes.count == 12, bytes[1] == 2 else { return nil }
    let inside = UInt16(bytes[4]) << 8 | UInt16(bytes[5])
    let life = bytes[8...].reduce(0) { $0 << 8 | UInt32($1) }
    mappings[inside] = life == 0 || refuses ? nil : 6_001
    let outside: [UInt8] = life == 0 ? [0, 0] : [0x17, 0x71]
    return [0, 130] + code + epoch + bytes[4...5] + outside + bytes[8...]
  }
}

@Suite(.timeLimit(.minutes(5))) final class PortMappingShellTests: Sendable {
  let loop: EventLoop

  init() throws { loop = try EventLoop() }

  deinit { loop.stop() }

  /// Guard: confinement to one loop.
  private final class Told: @unchecked Sendable {
    var all: [SocketAddress?] = []
    let wakeup = Wakeup()
  }

  @Test func `a port is mapped at a router, told, and given back at the end`() async throws {
    try await loop.run {
      let router = try FakeRouter(on: loop)
      async let serving: Void = router.serve()
      let told = Told()
      var limits = PortMappingCore.Limits()
      limits.methods = [.natPMP]
      let mapping = PortMapping(
        inside: 4_711, on: loop, limits: limits, router: PortMapRouter(gateway: router.address)
      ) {
        told.all.append($0)
        told.wakeup.raise()
      }
      let scope = ComponentScope()
      async let running: Void = mapping.run(scope)
      while told.all.isEmpty { await told.wakeup.wait() }
      #expect(told.all == [address("203.0.113.77:6001")])
      #expect(router.mappings == [4_711: 6_001])
      scope.stopGate.open()
      try await running
      #expect(told.all.last == .some(nil))
      #expect(router.mappings.isEmpty)
      router.socket.close()
      await serving
    }
  }

  @Test func `a router that refuses and one that is not there are told apart`() async throws {
    try await loop.run {
      let router = try FakeRouter(on: loop)
      router.refuses = true
      async let serving: Void = router.serve()
      let pool = BlockingPool(name: "test")
      var refusing = PortMapRouter(gateway: router.address)
      let refused = await reason(refusing, pool)
      router.socket.close()
      await serving
      refusing.limits.natPMP = .milliseconds(600)
      let silent = await reason(refusing, pool)
      #expect(refused == .refused)
      #expect(silent == .noRouter)
    }
  }

  private func reason(
    _ router: PortMapRouter, _ pool: BlockingPool
  ) async -> PortMappingFailure.Reason? {
    do {
      _ = try await pool.run {
        try router.map(.natPMP, inside: 1, wanted: 1, lifetime: .seconds(60))
      }
      return nil
    } catch {
      return (error as? PortMappingFailure)?.reason
    }
  }
}
