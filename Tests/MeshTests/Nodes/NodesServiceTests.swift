import Calls
import IO
import Primitives
import Testing

@testable import Mesh

@Suite struct NodesServiceTests {
  private func status(_ body: () async throws -> Void) async -> Status.Code? {
    do {
      try await body()
      return nil
    } catch {
      return (error as? Status)?.code
    }
  }

  private func list(
    _ service: NodesService, _ request: NodesV1.ListRequest = .init()
  ) async throws -> [NodesV1.Rows] {
    let replies = Replies<NodesV1.Rows>()
    try await service.list(request, replies.writer, .ofOwner)
    return replies.all
  }

  @Test func `a list is sorted and filtered, and its rows say all that is known`() async throws {
    let network = FakeNetwork()
    network.add(3, "attic", path: .relayed)
    let service = NodesService(network)
    let all = try await list(service)
    #expect(all.map(\.isLast) == [true])
    #expect(all.first?.rows.map(\.name) == ["attic", "here", "there"])
    let relayed = try await list(service, .init { $0.where = "path=relayed" })
    let row = try #require(relayed.first?.rows.first)
    #expect(row.name == "attic" && row.path == "relayed" && !row.isSelf)
    let json = try JSON.parse(row.json)
    for name in [
      "id", "name", "zone", "roles", "path", "latencyMs", "uploadMbps", "downloadMbps", "load",
      "addresses", "labels", "specs", "state",
    ] {
      #expect(json[name] != nil, "\(name)")
    }
  }

  @Test func `a long list comes in parts, and an empty one is a list too`() async throws {
    let network = FakeNetwork()
    for number in 3...9 { network.add(number, "node\(number)") }
    var limits = NodesService.Limits()
    limits.rows = 4
    let service = NodesService(network, limits: limits)
    let parts = try await list(service)
    #expect(parts.map(\.rows.count) == [4, 4, 1] && parts.map(\.isLast) == [false, false, true])
    let none = try await list(service, .init { $0.where = "name=nobody" })
    #expect(none.map(\.rows.count) == [0] && none.map(\.isLast) == [true])
  }

  @Test func `what cannot be understood is refused with a reason`() async throws {
    let service = NodesService(FakeNetwork())
    #expect(
      await status { _ = try await list(service, .init { $0.sort = "size" }) }
        == .invalidArgument)
    #expect(
      await status { _ = try await list(service, .init { $0.where = "speed>" }) }
        == .invalidArgument)
    #expect(
      await status { _ = try await service.show(.init { $0.node = "nobody" }, .ofOwner) }
        == .notFound)
    #expect(
      await status {
        _ = try await service.importTable(.init { $0.json = "{" }, .ofOwner)
      } == .invalidArgument)
  }

  @Test func `any unambiguous part of an id names a node`() async throws {
    let service = NodesService(FakeNetwork())
    let id = TableSamples.id(2).description
    for text in ["there", id, String(id.prefix(4)), "the"] {
      let row = try await service.show(.init { $0.node = text }, .ofOwner).row
      #expect(row?.id == id, "\(text)")
    }
  }

  @Test func `a watch shows changes, many at once as one, and ends with the node`() async throws {
    let network = FakeNetwork()
    let stop = Gate()
    var limits = NodesService.Limits()
    limits.shortestInterval = .milliseconds(20)
    let service = NodesService(network, until: stop, limits: limits)
    let replies = Replies<NodesV1.Rows>()
    try await onLoop {
      await withTaskGroup(of: Status.Code?.self) { group in
        group.addTask {
          await status { try await service.watch(.init(), replies.writer, .ofOwner) }
        }
        await replies.wait(for: 1)
        // The watch is asleep until its interval is over: all hundred come with one list.
        for number in 3..<103 { network.add(number, "node\(number)") }
        await replies.wait(for: 2)
        while replies.all.last?.rows.count != 102 { await replies.wait(for: replies.all.count + 1) }
        #expect(replies.all.count <= 3)
        stop.open()
        #expect(await group.next() == .unavailable)
      }
    }
  }

  @Test func `explaining tells each way with its reason`() async throws {
    let relay = DialRoute(.relayed, .relay(TableSamples.id(9)))
    let lan = DialRoute(.lan, .address(SocketAddress.loopback(port: 4747)))
    let report = DialReport(
      entries: [
        .init(
          route: lan, startedAfter: .zero, took: .milliseconds(3),
          result: .failed(DialFailure(.refused))),
        .init(
          route: relay, startedAfter: .milliseconds(50), took: .milliseconds(80),
          result: .connected),
        .init(
          route: DialRoute(.punched, .punch), startedAfter: nil, took: .zero,
          result: .failed(DialFailure(.notNeeded))),
      ], best: relay, took: .milliseconds(130))
    let service = NodesService(FakeNetwork(report: report))
    let reply = try await service.explain(.init { $0.node = "there" }, .ofOwner)
    #expect(reply.name == "there" && reply.path == "direct")
    #expect(reply.best == relay.description && reply.nanoseconds == 130_000_000)
    #expect(reply.ways.map(\.connected) == [false, true, false])
    #expect(reply.ways.map(\.reason) == ["refused", "", "notNeeded"])
    #expect(reply.ways.map(\.startedNanoseconds) == [0, 50_000_000, nil])
    let unknown = NodesService(FakeNetwork())
    #expect(
      await status {
        _ = try await unknown.explain(.init { $0.node = "there" }, .ofOwner)
      } == .notFound)
  }

  @Test func `a table of the old kind goes out and comes in as hearsay`() async throws {
    let network = FakeNetwork()
    let heard = Locked<[Endpoint]>([])
    let service = NodesService(network) { addresses in heard.withLock { $0 += addresses } }
    let exported = try await service.exportTable(.init(), .ofOwner).json
    #expect(try JSON.parse(exported)["ip_address"]?.array?.count == 2)
    let table = """
      {"ip_address": [
        {"Name": "old", "IPV4": "192.0.2.200", "ServerPort": "8088"},
        {"Name": "same", "IPV4": "192.0.2.2", "ServerPort": "4747"}]}
      """
    let imported = try await service.importTable(.init { $0.json = table }, .ofOwner).entries
    #expect(imported.map(\.name) == ["old", "same"])
    #expect(imported.map(\.knownAs) == ["", "there"])
    #expect(imported.map(\.isTried) == [true, false])
    #expect(heard.withLock { $0 } == [Endpoint(host: "192.0.2.200", port: 8088)])
    // Nobody became a member by it.
    #expect(try network.withTable { table throws(NetworkError) in table.count } == 2)
  }
}
