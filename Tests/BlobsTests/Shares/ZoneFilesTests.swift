import Calls
import IO
import Primitives
import Testing

@testable import Blobs

/// Files by their names.
private final class NamedFiles: Sendable {
  let content = Locked<[String: [UInt8]]>([:])
}

struct ZoneFilesTests {
  private let ids = (1...3 as ClosedRange<UInt64>).map { NodeID(Bytes32(words: ($0, 0, 0, 0))) }

  private func service(_ files: NamedFiles = NamedFiles()) -> ZoneFilesService {
    let zones = [
      ZoneFilesService.Zone(name: "0", members: [(ids[0], "10.0.0.1:4747"), (ids[1], "")]),
      ZoneFilesService.Zone(name: "1", members: [(ids[2], "10.0.0.3:4747")]),
    ]
    return ZoneFilesService(
      ZoneFilesService.Work(
        zones: { ("0", zones) },
        give: { name, _ in
          guard let content = files.content.withLock({ $0[name] }) else {
            throw BlobError(.notFound, "nobody has \(name)")
          }
          return content
        },
        take: { name, content, _ in files.content.withLock { $0[name] = content } }))
  }

  private func context(_ method: MethodDescription) throws -> CallContext {
    let trace = TraceContext(
      traceparent: "00-0123456789abcdef0123456789abcdef-0123456789abcdef-01", tracestate: nil)
    return CallContext(
      method: method, principal: .localOwner, metadata: Metadata(), deadline: nil,
      trace: try #require(trace))
  }

  @Test func `a program registers, sees its zone, gives a file and gets it`() async throws {
    let service = service()
    let call = try context(FilesV1.ZoneFilesMethods.register)
    let place = try await service.register(
      FilesV1.RegisterRequest {
        $0.host = "127.0.0.1"
        $0.port = 6_000
      }, call)
    #expect(place.status == .success && place.id == 1 && place.zone == "0")
    #expect(place.zones == 2 && place.zoneSize == 2)
    let peers = try await service.peersByZone(FilesV1.PeersByZoneRequest { $0.zone = "0" }, call)
    #expect(peers.peers.map(\.address) == ["10.0.0.1:4747", "", "127.0.0.1:6000"])
    let taken = try await service.receive(
      FilesV1.ReceiveRequest {
        $0.name = "a.txt"
        $0.content = [1, 2]
      }, call)
    let given = try await service.send(FilesV1.SendRequest { $0.name = "a.txt" }, call)
    #expect(taken.status == .success && given.content == [1, 2])
  }

  @Test func `what goes wrong is said in the answer`() async throws {
    let service = service()
    let call = try context(FilesV1.ZoneFilesMethods.register)
    let nowhere = try await service.peersByZone(FilesV1.PeersByZoneRequest { $0.zone = "9" }, call)
    let nobody = try await service.unregister(FilesV1.UnregisterRequest { $0.id = 4 }, call)
    let nothing = try await service.send(FilesV1.SendRequest { $0.name = "b" }, call)
    let bad = try await service.receive(FilesV1.ReceiveRequest { $0.name = "../b" }, call)
    let noAddress = try await service.register(FilesV1.RegisterRequest { $0.host = "x" }, call)
    for message in [
      nowhere.message, nobody.message, nothing.message, bad.message, noAddress.message,
    ] {
      #expect(!message.isEmpty)
    }
    #expect([nowhere.status, nothing.status, noAddress.status].allSatisfy { $0 == .failed })
    #expect([nobody.status, bad.status].allSatisfy { $0 == .failed })
  }

  @Test func `ten thousand come and go, and nothing stays behind`() throws {
    var limits = ZoneRegister.Limits()
    limits.entries = 8
    var register = ZoneRegister(limits: limits)
    for cycle in 0..<10_000 as Range<UInt32> {
      let number = try register.register(host: "host\(cycle)", port: 1 + cycle)
      #expect(number == 1)
      try register.unregister(number)
    }
    #expect(register.count == 0 && register.entries.isEmpty)
    for port in 1...8 as ClosedRange<UInt32> { _ = try register.register(host: "h", port: port) }
    #expect(try register.register(host: "h", port: 3) == 3)
    #expect(throws: BlobError.self) { try register.register(host: "h", port: 9) }
    try register.unregister(5)
    #expect(try register.register(host: "h", port: 9) == 5)
  }
}
