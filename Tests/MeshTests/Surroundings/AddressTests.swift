import IO
import Primitives
import Testing

@testable import Mesh

@Suite struct AddressTests {
  @Test(arguments: [
    ("0.0.0.0", AddressScope.unspecified), ("127.3.2.1", .loopback), ("10.1.2.3", .privateUse),
    ("172.16.0.1", .privateUse), ("172.32.0.1", .global), ("192.168.0.1", .privateUse),
    ("169.254.7.7", .linkLocal), ("100.64.0.1", .shared), ("100.128.0.1", .global),
    ("224.0.0.1", .multicast), ("255.255.255.255", .multicast), ("203.0.113.1", .global),
    ("::", .unspecified), ("::1", .loopback), ("fe80::1", .linkLocal), ("fd00::1", .privateUse),
    ("ff02::1", .multicast), ("2001:db8::1", .global), ("::ffff:10.0.0.1", .privateUse),
  ])
  func `an address is known by where it can be reached from`(host: String, scope: AddressScope)
    throws
  {
    let address = try #require(SocketAddress(host: host, port: 1))
    #expect(AddressScope(of: address) == scope)
  }

  private func interface(
    _ name: String, _ host: String, _ prefix: Int, isUp: Bool = true
  ) -> NetworkInterface {
    guard let address = SocketAddress(host: host, port: 0) else { preconditionFailure(host) }
    return NetworkInterface(
      name: name, index: 2, address: address, prefixLength: prefix, isUp: isUp,
      isLoopback: name == "lo")
  }

  private var interfaces: [NetworkInterface] {
    [
      interface("lo", "127.0.0.1", 8), interface("lo", "::1", 128),
      interface("eth0", "192.168.1.10", 24), interface("eth0", "2001:db8::10", 64),
      interface("eth0", "fe80::10", 64), interface("eth1", "203.0.113.4", 24),
      interface("wlan0", "10.0.0.4", 8, isUp: false),
    ]
  }

  @Test func `a node that listens everywhere tells what others can reach, never 0.0.0.0`() {
    let both = AdvertisedAddress.own(listening: [address("[::]:4711")], interfaces: interfaces)
    #expect(
      both == [
        AdvertisedAddress(address("192.168.1.10:4711"), .lan),
        AdvertisedAddress(address("[2001:db8::10]:4711"), .public),
        AdvertisedAddress(address("203.0.113.4:4711"), .public),
      ])
    let v4 = AdvertisedAddress.own(listening: [address("0.0.0.0:4711")], interfaces: interfaces)
    #expect(v4.map(\.address) == [address("192.168.1.10:4711"), address("203.0.113.4:4711")])
  }

  @Test func `loopback is told when asked for, or when there is nothing else`() {
    let lonely = Array(interfaces.prefix(1))
    let only = AdvertisedAddress.own(listening: [address("0.0.0.0:4711")], interfaces: lonely)
    #expect(only.map(\.address) == [address("127.0.0.1:4711")])
    let asked = AdvertisedAddress.own(
      listening: [address("0.0.0.0:4711")], interfaces: interfaces, includesLoopback: true)
    #expect(asked.map(\.address).contains(address("127.0.0.1:4711")))
    #expect(AdvertisedAddress.own(listening: [address("0.0.0.0:0")], interfaces: interfaces) == [])
  }

  @Test func `a network holds its own addresses and no others`() {
    let eth = interface("eth0", "192.168.1.10", 23)
    #expect(eth.network(contains: address("192.168.0.200:1")))
    #expect(!eth.network(contains: address("192.168.2.200:1")))
    #expect(!eth.network(contains: address("[2001:db8::1]:1")))
    #expect(!interface("eth0", "192.168.1.10", 0).network(contains: address("8.8.8.8:1")))
  }

  @Test func `a network is known again by its prefixes, whatever the host's own address`() {
    let home = NetworkMark([interface("eth0", "192.168.1.10", 24), interface("lo", "127.0.0.1", 8)])
    let again = NetworkMark([interface("wlan0", "192.168.1.77", 24), interface("x", "fe80::1", 64)])
    #expect(home == again)
    #expect(home.text == "192.168.1.0/24")
    #expect(home != NetworkMark([interface("eth0", "192.168.2.10", 24)]))
  }

  @Test func `a burst of news is told once, when settled or at the latest`() {
    let limits = NetworkWatch.Limits()
    let news = NetworkWatch.News()
    #expect(news.due == nil)
    for moment in stride(from: 0, through: 1_000, by: 100) {
      news.hear(at: at(Int64(moment)), limits)
      #expect(!news.take(at: at(Int64(moment) + 99)))
    }
    #expect(news.due == at(1_200))
    for moment in stride(from: 1_100, through: 3_000, by: 100) {
      news.hear(at: at(Int64(moment)), limits)
    }
    #expect(news.due == at(2_000))
    #expect(news.take(at: at(2_000)))
    #expect(!news.take(at: at(9_000)))
  }

  @Test func `the watch of the network starts, and ends when asked`() async throws {
    let loop = try EventLoop()
    defer { loop.stop() }
    let watch = NetworkWatch(on: loop) { _ in }
    let scope = ComponentScope()
    try await loop.run {
      async let running: Void = watch.run(scope)
      await loop.yieldTurn()
      scope.stopGate.open()
      try await running
    }
  }
}
