import CSystem
import Glibc
import Primitives
import Testing

@testable import IO

@Suite(.timeLimit(.minutes(5))) final class SocketOptionsTests: Sendable {
  let loop: EventLoop

  init() throws { loop = try EventLoop() }

  deinit { loop.stop() }

  private func option(_ descriptor: Int32, _ level: Int32, _ name: Int32) -> Int32 {
    var value: Int32 = -1
    var length = socklen_t(MemoryLayout<Int32>.size)
    getsockopt(descriptor, level, name, &value, &length)
    return value
  }

  @Test func `the options for nodes reach the kernel`() throws {
    let descriptor = try Socket.open(.stream, for: .loopback(port: 0))
    defer { Glibc.close(descriptor) }
    try SocketOptions.node.prepare(descriptor)
    let tcp = Int32(IPPROTO_TCP)
    #expect(option(descriptor, tcp, TCP_USER_TIMEOUT) == 30_000)
    #expect(option(descriptor, tcp, TCP_KEEPIDLE) == 30)
    #expect(option(descriptor, SOL_SOCKET, SO_KEEPALIVE) == 1)
    #expect(option(descriptor, tcp, TCP_NOTSENT_LOWAT) == 128 * 1024)
  }

  @Test func `an unknown way to avoid congestion leaves the one there is`() throws {
    let descriptor = try Socket.open(.stream, for: .loopback(port: 0))
    defer { Glibc.close(descriptor) }
    var options = SocketOptions()
    options.congestion = ["nothing-of-this-name"]
    try options.prepare(descriptor)
    var name = [UInt8](repeating: 0, count: 16)
    var length = socklen_t(name.count)
    #expect(getsockopt(descriptor, Int32(IPPROTO_TCP), TCP_CONGESTION, &name, &length) == 0)
    #expect(name[0] != 0)
  }

  @Test func `one local port is shared by a listener and a connection that leaves from it`()
    async throws
  {
    var shared = SocketOptions()
    shared.sharesLocal = true
    let here = try Listener(.loopback(port: 0), options: shared)
    let there = try Listener(.loopback(port: 0))
    shared.local = here.address
    let options = shared
    try await loop.run {
      let transport = try await SocketTransport.connect(
        to: there.address, on: loop, deadline: .now().advanced(by: .seconds(20)),
        options: options)
      #expect(transport.local == here.address)
      transport.close()
    }
  }

  @Test func `a local port that somebody else has is an error that says so`() async throws {
    let taken = try Listener(.loopback(port: 0))
    var options = SocketOptions()
    options.local = taken.address
    let wanted = options
    let code = await loop.run { () -> SystemError.Code? in
      await failure {
        _ = try await SocketTransport.connect(
          to: taken.address, on: loop, deadline: .now().advanced(by: .seconds(20)),
          options: wanted)
      }
    }
    #expect(code == .addressInUse)
  }

  @Test func `this machine has a loopback interface with a network of its own`() throws {
    let all = try NetworkInterface.all()
    let loopback = all.filter { $0.isLoopback && $0.address.host == "127.0.0.1" }
    #expect(loopback.count == 1)
    #expect(loopback.first?.prefixLength == 8)
    #expect(loopback.first?.index != 0)
    #expect(all.allSatisfy { $0.address.port == 0 })
  }

  @Test func `what is sent to a group is heard by every member on the machine`() async throws {
    let loopback = try NetworkInterface.all().first { $0.isLoopback }
    let index = try #require(loopback?.index)
    try await loop.run {
      var options = DatagramOptions()
      options.sharesAddress = true
      options.multicastInterface = index
      let any = SocketAddress(.v4([0, 0, 0, 0], port: 0))
      let first = try DatagramSocket(bind: any, on: loop, options: options)
      defer { first.close() }
      let port = first.local.port ?? 0
      let second = try DatagramSocket(
        bind: SocketAddress(.v4([0, 0, 0, 0], port: port)), on: loop, options: options)
      defer { second.close() }
      let group = SocketAddress(.v4([239, 255, 70, 83], port: port))
      for socket in [first, second] {
        try socket.join(group, interface: index)
        try socket.join(group, interface: index)
      }
      try first.send([1, 2, 3], to: group)
      for socket in [first, second] {
        var heard: [UInt8] = []
        try await socket.receive { bytes, _ in heard = Array(bytes) }
        #expect(heard == [1, 2, 3])
      }
    }
  }
}
