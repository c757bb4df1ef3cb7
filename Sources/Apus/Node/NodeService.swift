import Calls
import Glibc
import HTTP
import IO
import Primitives

/// The node's own service: what the command line asks.
struct NodeService: NodeV1.NodeService {
  private let node: Node
  private let settings: Settings
  private let logs: LogRing
  private let folder: StateFolder
  private let boxProgram: String?
  private let callsServed: @Sendable () -> UInt64

  init(
    node: Node, settings: Settings, logs: LogRing, folder: StateFolder, boxProgram: String?,
    callsServed: @escaping @Sendable () -> UInt64
  ) {
    self.node = node
    self.settings = settings
    self.logs = logs
    self.folder = folder
    self.boxProgram = boxProgram
    self.callsServed = callsServed
  }

  func status(
    _ request: NodeV1.StatusRequest, _ context: CallContext
  ) async throws -> NodeV1.StatusReply {
    let status = node.status
    return NodeV1.StatusReply {
      $0.id = status.id.description
      $0.name = status.name
      $0.version = Version.current
      $0.listen = status.listen.map(\.description)
      $0.web = status.web
      $0.pid = UInt32(status.process)
      $0.uptimeMilliseconds = UInt64(
        status.started.duration(to: .now()).nanoseconds / 1_000_000)
      $0.residentBytes = UInt64(ProcessUsage.residentBytes)
      $0.openConnections = UInt64(status.openConnections())
      $0.callsServed = callsServed()
      guard let membership = status.membership() else { return }
      $0.network = membership.network
      $0.roles = membership.roles
      $0.zone = membership.zone
      $0.isAdmin = membership.isAdmin
      $0.peers = UInt32(clamping: membership.peers)
      $0.membership = membership.message
      $0.joining = membership.joining.map { joining in
        NodeV1.Joining {
          $0.network = joining.network
          $0.name = joining.name
          $0.sinceNanoseconds = joining.since.nanoseconds
        }
      }
    }
  }

  func stop(_ request: NodeV1.StopRequest, _ context: CallContext) async throws -> NodeV1.StopReply
  {
    Logger("Apus").notice("asked to stop", LogField("by", context.principal))
    // After the answer has left: stopping begins with the sockets.
    EventLoop.current?.schedule(after: .milliseconds(10)) { [node] in node.requestStop() }
    return NodeV1.StopReply { $0.pid = UInt32(getpid()) }
  }

  func doctor(
    _ request: NodeV1.DoctorRequest, _ context: CallContext
  ) async throws -> NodeV1.DoctorReply {
    let findings = await Doctor(
      folder: folder, settings: settings, boxProgram: boxProgram
    ).examine()
    return NodeV1.DoctorReply {
      $0.findings =
        findings
        .filter { request.checks.isEmpty || request.checks.contains($0.check) }
        .map(\.message)
    }
  }

  func settings(
    _ request: NodeV1.SettingsRequest, _ context: CallContext
  ) async throws -> NodeV1.SettingsReply {
    NodeV1.SettingsReply {
      $0.settings = settings.rows.filter { $0.path.hasPrefix(request.prefix) }.map(\.message)
    }
  }

  func logs(
    _ request: NodeV1.LogsRequest, _ replies: MessageWriter<NodeV1.LogRecord>,
    _ context: CallContext
  ) async throws {
    try await LogStream(logs, request, until: node.stop).run(into: replies)
  }
}

extension NodeMembership {
  fileprivate var message: NodeV1.Validity {
    NodeV1.Validity {
      $0.expiresNanoseconds = expiresAt.nanoseconds
      $0.health = health
      $0.remedy = remedy
    }
  }
}

extension Settings.Row {
  fileprivate var message: NodeV1.Setting {
    NodeV1.Setting {
      $0.key = path
      $0.value = value
      $0.place = origin.description
      $0.origin =
        switch origin {
        case .builtIn: .builtIn
        case .file: .file
        case .environment: .environment
        case .flag: .flag
        }
    }
  }
}

extension Doctor.Finding {
  fileprivate var message: NodeV1.Finding {
    NodeV1.Finding {
      $0.check = check
      $0.summary = summary
      $0.remedy = remedy
      $0.level =
        switch level {
        case .fine: .fine
        case .warning: .warning
        case .broken: .broken
        }
    }
  }
}
