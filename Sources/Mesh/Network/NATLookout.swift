import Calls
import IO
import Primitives
import Security

/// Finds out what NAT is in front of this node: the shell of `NATDetection`.
/// Guard: confinement to `loop`.
final class NATLookout: Component, @unchecked Sendable {
  let name = "NAT detection"
  private let network: Network
  private let loop: EventLoop
  private var detection = NATDetection()
  private var timer: TimerToken?
  private var isLooking = false
  private let tasks: TaskSet
  private let log = Logger("Mesh")
  private static let firstPause = Duration.seconds(1)
  private static let longestPause = Duration.seconds(60)

  init(_ network: Network, on loop: EventLoop) {
    self.network = network
    self.loop = loop
    tasks = TaskSet(on: loop)
  }

  func run(_ scope: ComponentScope) async throws {
    await loop.run {
      scope.started()
      tasks.start { [self] in
        while !Task.isCancelled {
          await network.machineChanges.next().wait()
          if !Task.isCancelled { feed(.networkChanged) }
        }
      }
      // Once there is somebody to ask, and again while there were too few.
      tasks.start { [self] in
        while !Task.isCancelled {
          let change = network.tableChanges.next()
          if !network.vantages().isEmpty { break }
          await change.wait()
        }
        var pause = Self.firstPause
        while !Task.isCancelled, detection.report.mapping == .unknown {
          feed(.begin)
          // Cancelled at the end.
          try? await loop.sleep(for: pause)
          pause = min(pause * 2, Self.longestPause)
        }
      }
      await scope.stopRequested()
      if let timer { loop.cancel(timer) }
      tasks.cancelAll()
      await tasks.waitForAll()
    }
  }

  private func feed(_ event: NATDetection.Event) {
    for action in detection.handle(event, now: loop.now) {
      switch action {
      case .look: if !isLooking { tasks.start { [self] in await look() } }
      case .changed(let report):
        log.debug("what NAT there is", LogField("found", String(describing: report)))
        network.state.withLock { $0.nat = report }
        network.ownChanges.announce()
        network.peers.forEach { $0.waysChanged() }
      }
    }
    if let timer { loop.cancel(timer) }
    timer = detection.nextWake.map { loop.schedule(at: $0) { [self] in feed(.wake) } }
  }

  /// Connects from one port to some who can say from where it seems to come.
  private func look() async {
    isLooking = true
    defer { isLooking = false }
    await loop.yieldTurn()
    let vantages = network.vantages().prefix(3)
    guard !vantages.isEmpty else { return }
    do {
      var options = SocketOptions()
      options.sharesLocal = true
      // Nobody comes in here: it keeps the port.
      let holder = try Listener(SocketAddress(.v4([0, 0, 0, 0], port: 0)), options: options)
      for vantage in vantages where !Task.isCancelled {
        await ask(vantage.node, at: vantage.address, from: holder.address)
      }
      await askByDatagram(vantages.map(\.address))
    } catch {
      log.debug("no port for NAT detection", LogField("why", error))
    }
  }

  /// Whether datagrams pass: until one is answered.
  private func askByDatagram(_ vantages: [SocketAddress]) async {
    for vantage in vantages where !Task.isCancelled {
      do {
        let any = Punch.anyAddress(like: vantage, port: 0)
        let socket = try DatagramSocket(bind: any, on: loop)
        defer { socket.close() }
        _ = try await DatagramEcho.ask(vantage, over: socket)
        return feed(.datagramAnswered)
      } catch let error as NetworkError where error.code == .timedOut {
        feed(.datagramUnanswered(vantage))
      } catch {
        log.debug("no datagram was sent", LogField("why", String(describing: error)))
      }
    }
  }

  private func ask(_ node: NodeID, at address: SocketAddress, from local: SocketAddress) async {
    do {
      let (carrier, source) = try await network.bulkCarrier(
        to: .node(node), at: address, from: local.port, on: loop)
      defer { carrier.close() }
      guard let seen = SocketAddress(carrier.hello.observedAddress) else { return }
      feed(.observed(NATDetection.Observation(vantage: address, local: source, seen: seen)))
    } catch {
      log.debug(
        "a vantage point was not reached", LogField("address", address),
        LogField("why", String(describing: error)))
      feed(.unreached(address))
    }
  }
}
