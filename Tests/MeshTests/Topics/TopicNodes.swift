import Calls
import IO
import Primitives
import Store
import Testing

@testable import Mesh

/// Nodes with topics and databases, which can be started anew.
/// Guard: confinement to the loop of `nodes`.
final class TopicNodes: @unchecked Sendable {
  let nodes: WiredNodes
  let ids: [NodeID]
  private(set) var services: [TopicService] = []
  let disks: [StubbornDriver]
  private var scopes: [ComponentScope] = []
  private let limits: TopicService.Limits
  private var lastBoot: UInt64 = 100

  init(
    _ count: Int, on nodes: WiredNodes, limits: TopicService.Limits = TopicNodes.quick
  ) async throws {
    self.nodes = nodes
    self.limits = limits
    ids = (1...count).map { .numbered($0) }
    disks = try ids.map { _ in StubbornDriver(try MemoryDatabase()) }
    for disk in disks {
      try await disk.migrate([TopicArchive.schema], at: WallTime(nanoseconds: 0))
    }
    for number in 0..<count {
      let (service, scope) = try await make(number)
      services.append(service)
      scopes.append(scope)
    }
    for number in 0..<count { introduce(number) }
  }

  /// Retries that do not make tests wait.
  static var quick: TopicService.Limits {
    var limits = TopicService.Limits()
    limits.core.resend = .milliseconds(100)
    limits.core.redeliver = .milliseconds(200)
    limits.streams.shortestPause = .milliseconds(5)
    limits.streams.longestPause = .milliseconds(20)
    limits.savePause = .milliseconds(5)
    return limits
  }

  private func make(_ number: Int) async throws -> (TopicService, ComponentScope) {
    lastBoot += 1
    let archive = TopicArchive(disks[number])
    let service = TopicService(
      own: ids[number], boot: lastBoot, restored: try await archive.load(), archive: archive,
      limits: limits, callers: nodes.callers(of: ids[number]))
    nodes.answer(ids[number], service.handlers)
    return (service, nodes.start(service))
  }

  private func introduce(_ number: Int) {
    services[number].membersChanged(joined: ids.filter { $0 != ids[number] }, left: [])
  }

  /// What is in memory is gone; what is on disk is not. The others see it leave and come back.
  func restart(_ numbers: [Int]) async throws {
    for number in numbers {
      scopes[number].stopGate.open()
      nodes.kill(ids[number])
    }
    for other in services { other.membersChanged(joined: [], left: numbers.map { ids[$0] }) }
    for number in numbers { (services[number], scopes[number]) = try await make(number) }
    for number in ids.indices { introduce(number) }
  }

  /// Listens until `count` messages are there, and acknowledges some of them. Returns payloads.
  func collect(
    _ count: Int, of topic: String, name: String = "", at number: Int,
    acknowledging: Int = 0, whenAttached: @Sendable () async throws -> Void = {}
  ) async throws -> [[UInt8]] {
    let service = services[number]
    return try await service.subscribe(to: topic, name: name) { deliveries in
      var payloads: [[UInt8]] = []
      while payloads.count < count {
        for news in try await deliveries.next() {
          switch news {
          case .attached: try await whenAttached()
          case .delivery(let delivery):
            payloads.append(delivery.payload)
            if payloads.count == acknowledging {
              try service.acknowledge(delivery.position, of: topic, name: name)
            }
          }
        }
      }
      return payloads
    }
  }

  /// The last message of a subscription that is acknowledged on a node's disk.
  func acknowledged(_ name: String, at number: Int) async throws -> UInt64 {
    try await TopicArchive(disks[number]).load().reduce(0) { last, write in
      guard case .acknowledged(_, let place) = write, place.name == name else { return last }
      return max(last, place.position.sequence)
    }
  }
}

/// A database that can be told to refuse what is written.
final class StubbornDriver: Driver {
  private let driver: any Driver
  private let refusing = Locked(false)
  private let refusals = Locked(0)

  init(_ driver: any Driver) { self.driver = driver }

  var dialect: Dialect { driver.dialect }
  var refused: Int { refusals.withLock { $0 } }
  func refuse(_ isRefusing: Bool) { refusing.withLock { $0 = isRefusing } }

  @discardableResult
  func write<Result: Sendable>(
    _ body: @escaping @Sendable (any Session) throws -> Result
  ) async throws -> Result {
    if refusing.withLock({ $0 }) {
      refusals.withLock { $0 += 1 }
      throw NetworkError(.busy, "the disk is full")
    }
    return try await driver.write(body)
  }

  func read<Result: Sendable>(
    _ body: @escaping @Sendable (any Session) throws -> Result
  ) async throws -> Result { try await driver.read(body) }

  func close() async { await driver.close() }
}
