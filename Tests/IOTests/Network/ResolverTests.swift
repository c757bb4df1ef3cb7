import Testing

@testable import IO

@Suite(.timeLimit(.minutes(5))) struct ResolverTests {
  @Test(arguments: [
    ("127.0.0.1", "127.0.0.1:80"), ("::1", "[::1]:80"), ("2001:db8::1", "[2001:db8::1]:80"),
  ])
  func `a numeric host is its own address`(host: String, expected: String) async throws {
    let addresses = try await Resolver.resolve(Endpoint(host: host, port: 80))
    #expect(addresses.map(\.description) == [expected])
  }

  @Test func `localhost is here`() async throws {
    let addresses = try await Resolver.resolve(Endpoint(host: "localhost", port: 81))
    #expect(!addresses.isEmpty)
    #expect(addresses.allSatisfy { $0.isLoopback && $0.port == 81 })
    #expect(Set(addresses).count == addresses.count)
  }

  @Test(arguments: ["", "a b", "nul\0byte", String(repeating: "x", count: 300)])
  func `a name that cannot be is an error that names it`(host: String) async throws {
    let error = await #expect(throws: SystemError.self) {
      try await Resolver.resolve(Endpoint(host: host, port: 80))
    }
    #expect(error?.code == .unreachable || error?.code == .invalidInput)
  }
}
