package import IO
package import Primitives
package import Security

/// Finds nodes of the same network on the local networks by multicast: the shell of
/// `LocalDiscoveryCore`. Where multicast does not pass it finds nobody and does no harm.
package final class LocalDiscovery: Component {
  package struct Options: Sendable {
    /// 239.255.0.0/16 is for one site (RFC 2365), ff02::/16 for one link (RFC 4291).
    package var groups = [
      SocketAddress(.v4([239, 255, 70, 83], port: 47_083)),
      SocketAddress(
        .v6(
          [0xFF, 0x02] + [UInt8](repeating: 0, count: 12) + [0x46, 0x53], port: 47_083, scope: 0)),
    ]
    /// For tests on one machine.
    package var includesLoopback = false
    package var interfaces = 16
    package init() {}
  }

  package let name = "LAN discovery"
  private let loop: EventLoop
  private let key: SigningKey
  private let network: Bytes32
  private let port: UInt16
  private let options: Options
  private let limits: LocalDiscoveryCore.Limits
  private let found: @Sendable (NodeID, SocketAddress) -> Void
  private let networkChanges = Broadcast()
  private let log = Logger("Mesh")

  /// `found` is called on the loop. To switch discovery off, do not run it.
  package init(
    key: SigningKey, network: Bytes32, port: UInt16, on loop: EventLoop,
    options: Options = Options(), limits: LocalDiscoveryCore.Limits = .init(),
    found: @escaping @Sendable (NodeID, SocketAddress) -> Void
  ) {
    self.key = key
    self.network = network
    self.port = port
    self.loop = loop
    self.options = options
    self.limits = limits
    self.found = found
  }

  /// From anywhere: there are other interfaces now.
  package func networkChanged() { networkChanges.announce() }

  package func run(_ scope: ComponentScope) async throws {
    await loop.run {
      let speaker = Speaker(self)
      let tasks = TaskSet(on: loop)
      speaker.open()
      scope.started()
      speaker.feed(.begin)
      tasks.start { [networkChanges] in
        while !Task.isCancelled {
          await networkChanges.next().wait()
          if Task.isCancelled { return }
          speaker.open()
          speaker.feed(.networkChanged)
        }
      }
      await scope.stopRequested()
      speaker.feed(.stop)
      speaker.close()
      tasks.cancelAll()
      await tasks.waitForAll()
      await speaker.readers.waitForAll()
    }
  }

  /// The sockets, one for each group and interface.
  /// Guard: confinement to the loop.
  private final class Speaker: @unchecked Sendable {
    private struct Mouth {
      var socket: DatagramSocket
      var group: SocketAddress
    }

    private let owner: LocalDiscovery
    private var core: LocalDiscoveryCore
    private var mouths: [Mouth] = []
    private var timer: TimerToken?
    /// Signed once: what they say never changes.
    private let asking: [UInt8]
    private let plain: [UInt8]
    let readers: TaskSet

    init(_ owner: LocalDiscovery) {
      self.owner = owner
      core = LocalDiscoveryCore(
        network: owner.network, own: owner.key.id, limits: owner.limits, seed: SplitMix.freshSeed())
      func announcement(_ wantsAnswer: Bool) -> [UInt8] {
        LocalAnnouncement(
          network: owner.network, node: owner.key.id, port: owner.port, wantsAnswer: wantsAnswer
        ).signed(by: owner.key)
      }
      asking = announcement(true)
      plain = announcement(false)
      readers = TaskSet(on: owner.loop)
    }

    func feed(_ event: LocalDiscoveryCore.Event) {
      for action in core.handle(event, now: .now()) {
        switch action {
        case .announce(let wantsAnswer): say(wantsAnswer ? asking : plain)
        case .found(let node, let address): owner.found(node, address)
        }
      }
      if let timer { owner.loop.cancel(timer) }
      timer = core.nextWake.map { owner.loop.schedule(at: $0) { [self] in feed(.wake) } }
    }

    func close() {
      for mouth in mouths { mouth.socket.close() }
      mouths = []
    }

    /// Opens anew on the interfaces there are now.
    func open() {
      close()
      // None then; the next change of networks tries again.
      let all = (try? NetworkInterface.all()) ?? []
      var seen: Set<String> = []
      for interface in all where isUsable(interface) {
        for group in owner.options.groups where group.isSameFamily(as: interface.address) {
          guard seen.insert("\(interface.index) \(group)").inserted,
            mouths.count < owner.options.interfaces
          else { continue }
          do throws(SystemError) { try listen(to: group, on: interface) } catch {
            owner.log.debug(
              "an interface takes no part in LAN discovery",
              LogField("interface", interface.name), LogField("error", error.message))
          }
        }
      }
    }

    private func isUsable(_ interface: NetworkInterface) -> Bool {
      if !interface.isUp { return false }
      if interface.isLoopback { return owner.options.includesLoopback }
      return interface.isMulticastCapable && !interface.isPointToPoint
    }

    private func listen(
      to group: SocketAddress, on interface: NetworkInterface
    ) throws(SystemError) {
      var options = DatagramOptions()
      options.sharesAddress = true
      options.multicastInterface = interface.index
      // Bound to the group, it hears nothing that was sent to another.
      let socket = try DatagramSocket(
        bind: group.scoped(to: interface.index), on: owner.loop, options: options)
      do throws(SystemError) { try socket.join(group, interface: interface.index) } catch {
        socket.close()
        throw error
      }
      mouths.append(Mouth(socket: socket, group: group.scoped(to: interface.index)))
      readers.start { [self] in await read(socket) }
    }

    private func read(_ socket: DatagramSocket) async {
      do {
        while true {
          try await socket.receive { bytes, sender in
            if bytes.count == LocalAnnouncement.size {
              feed(.received(Array(bytes), from: sender))
            }
          }
        }
      } catch {
        socket.close()
      }
    }

    private func say(_ bytes: [UInt8]) {
      for mouth in mouths {
        // An interface that just went away; the news of it comes by itself.
        _ = try? mouth.socket.send(bytes, to: mouth.group)
      }
    }
  }
}

extension SocketAddress {
  fileprivate func isSameFamily(as other: SocketAddress) -> Bool {
    switch (kind, other.kind) {
    case (.v4, .v4), (.v6, .v6): true
    default: false
    }
  }

  fileprivate func scoped(to interface: UInt32) -> SocketAddress {
    guard case .v6(let bytes, let port, _) = kind else { return self }
    return SocketAddress(.v6(bytes, port: port, scope: interface))
  }
}
