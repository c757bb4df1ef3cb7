import Primitives

/// A container as its engine describes it.
package struct ContainerState: Sendable, Equatable {
  package enum Health: String, Sendable { case none, starting, healthy, unhealthy }

  package struct Binding: Sendable, Equatable {
    package var port: ContainerPlan.Port
    /// Where on this machine it is reached.
    package var hostPort: UInt16
  }

  package var id: String
  package var name: String
  package var image: String
  package var labels: [String: String]
  package var isRunning: Bool
  /// Of its first process on this machine; nil when it does not run.
  package var process: Int32?
  /// Of a container that has ended.
  package var status: Int32
  /// The engine says that memory ran out in it. Podman may say nothing of it.
  package var hadNoMemory: Bool
  package var health: Health
  package var bindings: [Binding]
  /// Where the engine gave it room of its own on the machine's disk.
  package var volumes: [String]
  /// Why it did not start, as the engine says it.
  package var problem: String

  enum Limits {
    static let labels = 200
    static let ports = 1000
  }

  init(_ json: JSON) throws(RuntimeError) {
    do throws(JSONError) {
      let root = JSONField(json)
      let state = try root.field("State")
      let config = try root.field("Config")
      id = try EngineReader.identity(root.field("Id"))
      name = String(try root.optional("Name")?.string().drop { $0 == "/" } ?? "")
      image = try config.optional("Image")?.string() ?? ""
      labels = try EngineReader.labels(config.optional("Labels"), limit: Limits.labels)
      isRunning = try state.field("Running").bool()
      let process = try state.optional("Pid")?.integer(in: 0...Int64(Int32.max)) ?? 0
      self.process = process > 0 && isRunning ? Int32(process) : nil
      status = try EngineReader.status(state.optional("ExitCode"))
      hadNoMemory = try state.optional("OOMKilled")?.bool() ?? false
      problem = try state.optional("Error")?.string() ?? ""
      let health = try state.optional("Health")?.optional("Status")?.string() ?? "none"
      self.health = Health(rawValue: health) ?? .none
      volumes = []
      for mount in try root.optional("Mounts")?.elements() ?? []
      where try mount.optional("Type")?.string() == "volume" {
        volumes.append(try mount.field("Destination").string())
      }
      bindings = try Self.bindings(root.optional("NetworkSettings")?.optional("Ports"))
    } catch {
      throw EngineReader.damaged(error)
    }
  }

  private static func bindings(_ ports: JSONField?) throws(JSONError) -> [Binding] {
    guard let ports = try ports?.members(), ports.count <= Limits.ports else { return [] }
    var bindings: [Binding] = []
    for (key, value) in ports {
      let parts = key.split(separator: "/")
      guard parts.count == 2, let number = UInt16(parts[0]),
        let carrier = ContainerPlan.Port.Carrier(rawValue: String(parts[1])),
        let text = value.array?.first?["HostPort"]?.string, let host = UInt16(text)
      else { continue }
      bindings.append(Binding(port: ContainerPlan.Port(number, carrier), hostPort: host))
    }
    return bindings.sorted { $0.port.key < $1.port.key }
  }
}

/// A line of a list of containers.
package struct ContainerSummary: Sendable, Equatable {
  package var id: String
  package var name: String
  package var image: String
  package var labels: [String: String]
  package var isRunning: Bool

  init(_ field: JSONField) throws(JSONError) {
    id = try EngineReader.identity(field.field("Id"))
    name = try field.optional("Names")?.elements().first?.string() ?? ""
    name = String(name.drop { $0 == "/" })
    image = try field.optional("Image")?.string() ?? ""
    labels = try EngineReader.labels(
      field.optional("Labels"), limit: ContainerState.Limits.labels)
    isRunning = try field.optional("State")?.string() == "running"
  }
}

/// What a container uses at a moment.
package struct ContainerUsage: Sendable, Equatable {
  package var userTime: Duration
  package var systemTime: Duration
  package var memory: Int64
  package var memoryLimit: Int64
  package var processes: Int
  package var received: Int64
  package var sent: Int64
  package var readBytes: Int64
  package var writtenBytes: Int64

  init(_ json: JSON) throws(RuntimeError) {
    do throws(JSONError) {
      let root = JSONField(json)
      let processor = try root.optional("cpu_stats")?.optional("cpu_usage")
      userTime = try EngineReader.duration(processor?.optional("usage_in_usermode"))
      systemTime = try EngineReader.duration(processor?.optional("usage_in_kernelmode"))
      let memory = try root.optional("memory_stats")
      self.memory = try EngineReader.count(memory?.optional("usage"))
      memoryLimit = try EngineReader.count(memory?.optional("limit"))
      processes = Int(try EngineReader.count(root.optional("pids_stats")?.optional("current")))
      (received, sent, readBytes, writtenBytes) = (0, 0, 0, 0)
      if let networks = try root.optional("networks")?.members() {
        for (_, network) in networks.prefix(100) {
          received += try EngineReader.count(JSONField(network).optional("rx_bytes"))
          sent += try EngineReader.count(JSONField(network).optional("tx_bytes"))
        }
      }
      let disk = try root.optional("blkio_stats")?.optional("io_service_bytes_recursive")
      for entry in try disk?.elements().prefix(1000) ?? [] {
        let bytes = try EngineReader.count(entry.optional("value"))
        switch try entry.optional("op")?.string().lowercased() {
        case "read": readBytes += bytes
        case "write": writtenBytes += bytes
        default: break
        }
      }
    } catch {
      throw EngineReader.damaged(error)
    }
  }
}

/// Parts of an engine's answers.
enum EngineReader {
  /// Numbers of 64 bits without a sign may be larger than ours; nothing that they count is.
  static func count(_ field: JSONField?) throws(JSONError) -> Int64 {
    guard let field else { return 0 }
    let number = try field.number()
    return number >= 0 && number < 0x1p53 ? Int64(number) : 0
  }

  static func duration(_ field: JSONField?) throws(JSONError) -> Duration {
    .nanoseconds(try count(field))
  }

  static func status(_ field: JSONField?) throws(JSONError) -> Int32 {
    Int32(try field?.integer(in: Int64(Int32.min)...Int64(Int32.max)) ?? 0)
  }

  static func identity(_ field: JSONField) throws(JSONError) -> String {
    let id = try field.string()
    let isIdentity =
      (12...128).contains(id.utf8.count)
      && id.utf8.allSatisfy { byte in
        (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
          || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
      }
    guard isIdentity else { throw JSONError(path: field.path, message: "is no id") }
    return id
  }

  static func labels(_ field: JSONField?, limit: Int) throws(JSONError) -> [String: String] {
    var labels: [String: String] = [:]
    guard let members = try field?.members() else { return labels }
    for (name, value) in members.prefix(limit) { labels[name] = value.string }
    return labels
  }

  static func damaged(_ error: JSONError) -> RuntimeError {
    RuntimeError(.damaged, "the container engine answers otherwise than its API says: \(error)")
  }
}
