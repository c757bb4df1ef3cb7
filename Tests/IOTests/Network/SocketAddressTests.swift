import Testing

@testable import IO

@Suite struct SocketAddressTests {
  @Test(arguments: [
    "192.0.2.1:80", "0.0.0.0:0", "255.255.255.255:65535", "[::1]:4747", "[::]:1",
    "[2001:db8::ff]:443", "[fe80::1%1]:80", "unix:/run/apus.sock", "unix:relative path.sock",
  ])
  func `a text form reads back as itself`(text: String) {
    #expect(SocketAddress(text)?.description == text)
  }

  @Test(arguments: [
    ("[0:0:0:0:0:0:0:1]:1", "[::1]:1"), ("[2001:DB8::1]:1", "[2001:db8::1]:1"),
    ("[::ffff:192.0.2.1]:80", "192.0.2.1:80"), ("[fe80::1%lo]:80", "[fe80::1%1]:80"),
    ("127.0.0.1:00080", "127.0.0.1:80"),
  ])
  func `other spellings are brought to one form`(text: String, expected: String) {
    #expect(SocketAddress(text)?.description == expected)
  }

  @Test(arguments: [
    "", ":", ":80", "127.0.0.1", "127.0.0.1:", "127.0.0.1:+80", "127.0.0.1:-1", "127.0.0.1:65536",
    "127.0.0.1: 80", "127.0.0.1:80 ", " 127.0.0.1:80", "127.0.0.1:8O", "127.0.0.1:٣", "127.1:80",
    "127.0.0.1:80:80", "256.0.0.1:80", "1.2.3.4.5:80", "0x7f.0.0.1:80", "127.0.0.1\0x:80",
    "::1:80", "::1", "[::1]", "[::1]80", "[::1:80", "[]:80", "[ ::1]:80", "[::1%]:80",
    "[%1]:80", "[::1%nosuchdevice]:80", "[fe80::1%99999999999]:80", "[::g]:1", "[1::2::3]:1",
    "[127.0.0.1]:80", "[::1]]:80", "[[::1]:80", "localhost:80", "example.org:443", "unix:",
    "unix:/a\0b", "UNIX:/a",
  ])
  func `what is no numeric address is refused`(text: String) {
    #expect(SocketAddress(text) == nil)
  }

  @Test(arguments: [
    ("127.0.0.1:1", true), ("127.9.9.9:1", true), ("[::1]:1", true), ("[::ffff:127.0.0.1]:1", true),
    ("unix:/a", true), ("128.0.0.1:1", false), ("0.0.0.0:1", false), ("[::]:1", false),
    ("[::2]:1", false), ("[::ffff:10.0.0.1]:1", false), ("[7f00::1]:1", false),
  ])
  func `loopback is told from the rest`(text: String, isLoopback: Bool) throws {
    #expect(try #require(SocketAddress(text)).isLoopback == isLoopback)
  }

  @Test(arguments: [
    ("0.0.0.0:1", true), ("[::]:1", true), ("127.0.0.1:1", false), ("[::1]:1", false),
    ("unix:/a", false),
  ])
  func `the unspecified address is told from the rest`(text: String, isUnspecified: Bool) throws {
    #expect(try #require(SocketAddress(text)).isUnspecified == isUnspecified)
  }

  @Test func `ports are there for internet addresses alone`() throws {
    #expect(SocketAddress("127.0.0.1:80")?.port == 80)
    #expect(SocketAddress("[::1]:81")?.port == 81)
    #expect(try #require(SocketAddress("unix:/a")).port == nil)
    #expect(SocketAddress.loopback(port: 5).description == "127.0.0.1:5")
  }

  @Test(arguments: [
    ("example.org:80", "example.org", 80), ("[::1]:0", "::1", 0), ("a:65535", "a", 65535),
    ("192.0.2.1:1", "192.0.2.1", 1),
  ])
  func `an endpoint is a host, which may be a name, and a port`(
    text: String, host: String, port: UInt16
  ) {
    #expect(Endpoint(text) == Endpoint(host: host, port: port))
    #expect(Endpoint(text)?.description == text)
  }

  @Test(arguments: [
    "", ":", "a", "a:", ":1", "[]:1", "[a:1", "a]:1:2", "a:b", "a:+1", "a:99999", "::1:1",
    "[::1]:", "a b:1", "a\0:1", "[a]:1", "a\n:1",
  ])
  func `what is no endpoint is refused`(text: String) {
    #expect(Endpoint(text) == nil)
  }
}
