import IO
package import Primitives

/// Every setting of a node. Parsing, `apus config`, the template and the page of settings come
/// from this table alone.
package struct SettingTable: Sendable {
  package static let shared = SettingTable()

  package let nodeName = Setting(
    "node", "name", "", "The node's name for people; empty for the host name.",
    complaint: { name in
      name.utf8.count <= 64 && name.unicodeScalars.allSatisfy { $0.properties.isPrintable }
        ? nil : "be at most 64 bytes of printable text"
    })
  package let nodeListen = Setting(
    "node", "listen", ListenAddresses([Endpoint(host: "::", port: 4747)]),
    "Addresses for peers, gRPC, REST and the page; port 0 picks a free one.",
    complaint: { $0.endpoints.count <= 64 ? nil : "be at most 64 addresses" })
  package let nodeLoops = Setting(
    "node", "loops", 0, in: 0...1024, "Event loops; 0 for one per core.")
  package let nodeStopDeadline = Setting(
    "node", "stop-deadline", Duration.seconds(30), in: .zero ... .seconds(86_400),
    "How long a stopping node waits for what is open.")

  package let networkDiscovery = Setting(
    "network", "discovery", true, "Finds nodes of the same network near by, by multicast.")
  package let networkPortMapping = Setting(
    "network", "port-mapping", true, "Asks the router to forward a port (NAT-PMP, UPnP).")
  package let networkRelay = Setting(
    "network", "relay", true,
    "Relays for members that nobody can dial, where the certificate has the role.")
  package let networkApproval = Setting(
    "network", "approval", false,
    "A node that joins waits until it is approved (`apus nodes approve`).")
  package let networkMembershipLife = Setting(
    "network", "membership-life", Duration.seconds(30 * 86_400),
    in: .seconds(10) ... .seconds(90 * 86_400),
    "How long memberships hold that this node signs; members renew them in time.")
  package let networkLoopback = Setting(
    "network", "loopback", false,
    "Tells others this machine's loopback addresses too: for several nodes on one machine.")
  package let networkIdleTimeout = Setting(
    "network", "idle-timeout", Duration.seconds(60), in: .seconds(1) ... .seconds(86_400),
    "A link that nothing uses is closed after this time.")

  package let filesQuota = Setting(
    "files", "quota", ByteSize.gibibytes(100), in: .mebibytes(1) ... .gibibytes(1 << 20),
    "What the files on this node may take; beyond it those go that nobody has pinned.")
  package let filesQuotaPerOwner = Setting(
    "files", "quota-per-owner", ByteSize.gibibytes(50), in: .mebibytes(1) ... .gibibytes(1 << 20),
    "What copies for the files of one other node may take of that.")
  package let filesReplicas = Setting(
    "files", "replicas", 2, in: 1...16, "On how many nodes a file is kept when nobody says.")

  package let runtimesMemory = Setting(
    "runtimes", "memory", ByteSize.gibibytes(2), in: .mebibytes(8) ... .gibibytes(16 << 10),
    "The most memory one attempt may ask for.")
  package let runtimesTime = Setting(
    "runtimes", "time", Duration.seconds(86_400), in: .milliseconds(1) ... .seconds(400 * 86_400),
    "The longest time one attempt may ask for.")
  package let runtimesDisk = Setting(
    "runtimes", "disk", ByteSize.gibibytes(1), in: .kibibytes(64) ... .gibibytes(16 << 10),
    "The most room for files one attempt may ask for; it counts as memory too.")
  package let runtimesProcesses = Setting(
    "runtimes", "processes", 1024, in: 1...32_768,
    "The most processes one attempt may ask for.")
  package let runtimesFiles = Setting(
    "runtimes", "files", 65_536, in: 16...16_000_000,
    "The most files and folders one attempt may ask for.")
  package let runtimesOutput = Setting(
    "runtimes", "output", ByteSize.gibibytes(1), in: .kibibytes(1) ... .gibibytes(1 << 10),
    "The most output one attempt may ask for, and as much of errors.")
  package let runtimesDescriptors = Setting(
    "runtimes", "descriptors", 4096, in: 16...1 << 20,
    "The most descriptors each process of an attempt may ask for.")
  package let runtimesBoxes = Setting(
    "runtimes", "boxes", 64, in: 1...100_000, "Boxes at once; more attempts wait.")
  package let runtimesWarm = Setting(
    "runtimes", "warm", 32, in: 0...100_000,
    "Boxes kept for the next attempt of the same creator.")
  package let runtimesWarmTime = Setting(
    "runtimes", "warm-time", Duration.seconds(30), in: .zero ... .seconds(86_400),
    "How long a box is kept that nobody uses.")
  package let runtimesDrain = Setting(
    "runtimes", "drain", Duration.seconds(5), in: .zero ... .seconds(86_400),
    "How long attempts may go on when the node stops.")
  package let wasmAllowed = Setting(
    "runtimes.wasm", "allowed", true, "WebAssembly may be run, in boxes.")
  package let wasmLibrary = Setting(
    "runtimes.wasm", "library", "",
    "The library of Wasmtime; empty for the one that Scripts/setup put into place.")
  package let wasmCache = Setting(
    "runtimes.wasm", "cache", ByteSize.gibibytes(2), in: .mebibytes(1) ... .gibibytes(1 << 20),
    "What compiled modules may take on the disk; the least used go first.")
  package let wasmSteps = Setting(
    "runtimes.wasm", "steps", 0, in: 0...Int.max,
    "The most steps one attempt may ask for, so that all are counted; 0 sets no bound.")
  package let scriptAllowed = Setting(
    "runtimes.js", "allowed", false, "JavaScript may be run, in boxes.")
  package let processAllowed = Setting(
    "runtimes.process", "allowed", SelectionSetting<ProgramName>.none,
    "Programs that may be run, in boxes: names such as [\"python3\"], any or none.")
  package let processUngrouped = Setting(
    "runtimes.process", "ungrouped", false,
    "They may also be run where a box can have no control group, under a watchdog.")
  package let containerAllowed = Setting(
    "runtimes.container", "allowed", SelectionSetting<ImageName>.none,
    "Images that may be run, in containers: names such as [\"busybox\"], any or none.")
  package let containerEngine = Setting(
    "runtimes.container", "engine", "",
    "Where Docker or Podman listens, such as /run/docker.sock; empty looks for it.")

  package let faultsEnabled = Setting(
    "faults", "enabled", false,
    "Takes fault plans of its owner (`apus fault apply`): for trying out what breaks.")

  package let httpMaxConnections = Setting(
    "http", "max-connections", 20_000, in: 1...1_000_000,
    "Connections open at once; more wait to be accepted.")
  package let httpMaxHeaderBytes = Setting(
    "http", "max-header-bytes", ByteSize.kibibytes(32), in: .kibibytes(1) ... .mebibytes(1),
    "The head of one request, all fields together.")
  package let httpMaxConcurrentStreams = Setting(
    "http", "max-concurrent-streams", 256, in: 1...10_000,
    "Requests open at once on one HTTP/2 connection.")
  package let httpIdleTimeout = Setting(
    "http", "idle-timeout", Duration.seconds(300), in: .seconds(1) ... .seconds(86_400),
    "A connection without a request is closed after this time.")
  package let httpHeaderTimeout = Setting(
    "http", "header-timeout", Duration.seconds(10), in: .milliseconds(100) ... .seconds(3_600),
    "The TLS handshake, and the head of a request, must each be complete within this time.")
  package let httpBodyTimeout = Setting(
    "http", "body-timeout", Duration.seconds(60), in: .milliseconds(100) ... .seconds(86_400),
    "A body that makes no progress for this time is given up.")
  package let httpCleartext = Setting(
    "http", "cleartext", CleartextPolicy.loopback,
    "From where HTTP without TLS is taken: loopback, never or anywhere.")
  package let httpHosts = Setting(
    "http", "hosts", HostNames(),
    "More names by which this machine may address the node, beside its own and localhost.",
    complaint: { $0.names.count <= 64 ? nil : "be at most 64 names" })

  package let tlsCertificate = Setting(
    "tls", "certificate", "",
    "A PEM file for browsers and other clients; empty for the node's own certificate.")
  package let tlsKey = Setting(
    "tls", "key", "", "The PEM file of the certificate's private key.")

  package let loopbackMetrics = Setting(
    "loopback", "metrics", true, "Anyone on this machine may read /metrics.")
  package let loopbackReflection = Setting(
    "loopback", "reflection", true, "Anyone on this machine may list the gRPC services.")
  package let loopbackReadiness = Setting(
    "loopback", "readiness", false, "Anyone on this machine may read the details of /readyz.")
  package let loopbackProbe = Setting(
    "loopback", "probe", false, "Anyone on this machine may call the probe service.")
  package let loopbackStatus = Setting(
    "loopback", "status", false, "Anyone on this machine may read the node's status.")

  package let logLevel = Setting(
    "log", "level", LogLevel.info,
    "The lowest level that is kept: trace, debug, info, notice, warning or error.")
  package let logLevels = Setting(
    "log", "levels", ModuleLevels(), "Levels of single modules, as in { HTTP = \"debug\" }.")
  package let logFormat = Setting(
    "log", "format", LogFormat.auto,
    "On standard error: human, json, or auto for human on a terminal.")
  package let logFile = Setting(
    "log", "file", LogFile.standard,
    "Also to a file: true for apus.log in the state folder, false, or a path.")
  package let logRotateBytes = Setting(
    "log", "rotate-bytes", ByteSize.mebibytes(16), in: .kibibytes(64) ... .gibibytes(16),
    "A log file of this size is put aside.")
  package let logRotateKeep = Setting(
    "log", "rotate-keep", 4, in: 0...100, "How many files put aside are kept.")

  package let callsMaxMessageBytes = Setting(
    "calls", "max-message-bytes", ByteSize.mebibytes(16), in: .kibibytes(1) ... .gibibytes(1),
    "One message of a call, unpacked.")
  package let callsMaxConcurrent = Setting(
    "calls", "max-concurrent", 10_000, in: 1...1_000_000,
    "Calls handled at once; more are answered as exhausted.")
  package let callsDefaultDeadline = Setting(
    "calls", "default-deadline", Duration.seconds(60), in: .zero ... .seconds(86_400),
    "The deadline of a unary call that brings none; 0 for no deadline.")

  private init() {}

  /// In the order of the table, which is the order of its properties.
  package static let all: [any AnySetting] = Mirror(reflecting: shared).children.compactMap {
    $0.value as? any AnySetting
  }

  package static let sections: [String] = all.map(\.section).reduce(into: []) {
    if $0.last != $1 { $0.append($1) }
  }

  /// By its path, such as `node.listen`.
  package static func find(_ path: String) -> (any AnySetting)? { all.first { $0.path == path } }

  /// The file with every setting at its default, commented out.
  package static var template: String {
    var text = """
      # Settings of an Apus node. What is commented out is the default.
      # A flag goes before the environment (APUS_SECTION_KEY), which goes before this file.

      """
    for section in sections {
      text += "\n[\(section)]\n"
      for setting in all where setting.section == section {
        text += "# \(setting.help)\n# \(setting.name) = \(setting.anyFallback.toml)\n"
      }
    }
    return text
  }
}

extension Unicode.Scalar.Properties {
  var isPrintable: Bool {
    switch generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
      .paragraphSeparator:
      false
    default: true
    }
  }
}
