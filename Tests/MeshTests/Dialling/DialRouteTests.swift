import IO
import Primitives
import Testing

@testable import Mesh

@Suite struct DialRouteTests {
  private let interfaces = [
    NetworkInterface(
      name: "lo", index: 1, address: address("127.0.0.1:0"), prefixLength: 8, isLoopback: true),
    NetworkInterface(
      name: "eth0", index: 2, address: address("192.168.1.10:0"), prefixLength: 24),
  ]

  @Test func `ways come in the order in which they are likely good`() {
    let routes = DialRoute.routes(
      to: [
        AdvertisedAddress(address("10.9.0.1:4711"), .lan),
        AdvertisedAddress(address("203.0.113.9:6000"), .mapped),
        AdvertisedAddress(address("203.0.113.9:4711"), .observed),
        AdvertisedAddress(address("[2001:db8::9]:4711"), .public),
        AdvertisedAddress(address("192.168.1.20:4711"), .lan),
      ], relays: [node(7)], from: interfaces)
    #expect(
      routes.map(\.kind) == [.lan, .ipv6, .ipv4, .mapped, .enclosing, .punched, .relayed])
    #expect(routes.map(\.path).suffix(2) == [.punched, .relayed])
  }

  @Test func `what worked last time comes first, as long as the peer still says it`() {
    let told = [
      AdvertisedAddress(address("192.168.1.20:4711"), .lan),
      AdvertisedAddress(address("203.0.113.9:4711"), .public),
    ]
    let last = DialRoute(.ipv4, .address(address("203.0.113.9:4711")))
    let routes = DialRoute.routes(to: told, relays: [], from: interfaces, last: last)
    #expect(routes.first == last)
    let gone = DialRoute(.ipv4, .address(address("203.0.113.77:4711")))
    let others = DialRoute.routes(to: told, relays: [], from: interfaces, last: gone)
    #expect(others.map(\.kind) == [.lan, .ipv4])
  }

  @Test(arguments: ["0.0.0.0:4711", "224.0.0.1:4711", "203.0.113.9:0", "[fe80::1]:4711", "[::]:1"])
  func `what cannot be dialled from here is no way`(text: String) {
    let told = [AdvertisedAddress(address(text), .public)]
    #expect(DialRoute.routes(to: told, relays: [], from: interfaces).isEmpty)
  }

  @Test func `one address told twice is one way, and without relays there is no punching`() {
    let told = [
      AdvertisedAddress(address("203.0.113.9:4711"), .observed),
      AdvertisedAddress(address("203.0.113.9:4711"), .public),
    ]
    #expect(DialRoute.routes(to: told, relays: [], from: interfaces).count == 1)
  }

  @Test func `a recipe is remembered for one network, for a time, and within bounds`() {
    var limits = RecipeMemory.Limits()
    limits.recipes = 8
    limits.age = .seconds(100)
    var memory = RecipeMemory(limits: limits)
    let home = NetworkMark("192.168.1.0/24"), work = NetworkMark("10.0.0.0/8")
    let route = DialRoute(.ipv4, .address(address("203.0.113.9:4711")))
    memory.remember(route, to: node(1), in: home, now: at(0))
    #expect(memory.recall(node(1), in: home, now: at(100_000)) == route)
    #expect(memory.recall(node(1), in: work, now: at(1)) == nil)
    #expect(memory.recall(node(1), in: home, now: at(100_001)) == nil)
    for number in 2...40 {
      memory.remember(route, to: node(UInt8(number)), in: home, now: at(Int64(number)))
    }
    #expect(memory.count <= 8)
    #expect(memory.recall(node(40), in: home, now: at(41)) == route)
  }
}
