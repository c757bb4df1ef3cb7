import Primitives

/// What a container is made of and what it may do. By default it may compute: no network, nothing
/// to write but folders in memory, no capability, an ordinary user.
package struct ContainerPlan: Sendable, Equatable {
  package enum Network: Sendable, Equatable {
    case none
    /// The engine's own network with a way out; ports need it.
    case bridge
  }

  package struct Port: Sendable, Equatable {
    package enum Carrier: String, Sendable { case tcp, udp }
    package var number: UInt16
    package var carrier: Carrier
    package var name: String

    package init(_ number: UInt16, _ carrier: Carrier = .tcp, name: String = "") {
      self.number = number
      self.carrier = carrier
      self.name = name
    }

    var key: String { "\(number)/\(carrier.rawValue)" }
  }

  package enum GPUs: Sendable, Equatable {
    case count(Int)
    /// As the engine's runtime names them: numbers or UUIDs.
    case named([String])
  }

  /// A folder or file of this machine that the container sees.
  package struct Mount: Sendable, Equatable {
    package var source: String
    package var target: String
    package var isWritable: Bool

    package init(_ source: String, at target: String, isWritable: Bool = false) {
      self.source = source
      self.target = target
      self.isWritable = isWritable
    }
  }

  package struct Memory: Sendable, Equatable {
    package var target: String
    package var bytes: Int64
    package var files: Int?

    package init(_ target: String, bytes: Int64, files: Int? = nil) {
      self.target = target
      self.bytes = bytes
      self.files = files
    }
  }

  package struct Health: Sendable, Equatable {
    /// A program with its arguments; healthy while it ends with 0.
    package var command: [String]
    package var every = Duration.seconds(30)
    package var timeout = Duration.seconds(10)
    package var retries = 3

    package init(_ command: [String]) { self.command = command }
  }

  /// Where output goes when nobody is attached.
  package enum Log: Sendable, Equatable {
    case none
    /// Two files of at most so many bytes.
    case kept(bytes: Int64)
  }

  enum Bounds {
    static let processors = 0.01...1_000_000
    static let volumes = 32
  }

  /// A reference, a tag or an id that the engine has.
  package var image: String
  /// Instead of the image's; nil keeps it.
  package var entrypoint: [String]?
  /// Behind the entry point; nil keeps the image's.
  package var command: [String]?
  package var environment: [String: String] = [:]
  /// Nil keeps the image's.
  package var folder: String?
  package var user = UserNumbers(user: 65_534, group: 65_534)
  package var labels: [String: String] = [:]
  package var memory: Int64 = 512 << 20
  package var processes = 64
  package var descriptors = 1024
  /// How many processors' worth; nil is all.
  package var processors: Double?
  /// Which processors, as the kernel writes them: `0-3,6`. Nil is all.
  package var processorSet: String?
  package var network = Network.none
  package var ports: [Port] = []
  package var gpus: GPUs?
  /// Nodes of this machine's devices that the container may use, at the same paths.
  package var devices: [String] = []
  package var mounts: [Mount] = []
  package var memories: [Memory] = []
  package var sharedMemory: Int64 = 16 << 20
  /// What it does to see whether it is well, in place of the image's; nil is nothing.
  package var health: Health?
  /// The most that one file may have; nil is no such bound.
  package var fileBytes: Int64?
  /// Of the kernel, for this container alone.
  package var kernelSettings: [String: String] = [:]
  package var log = Log.kept(bytes: 10 << 20)
  /// Its input stays open until whoever is attached ends it.
  package var takesInput = false
  /// Podman of an ordinary user: the user of the container is the node's.
  package var keepsUser = false

  package struct UserNumbers: Sendable, Equatable {
    package var user: UInt32
    package var group: UInt32
    package init(user: UInt32, group: UInt32) {
      self.user = user
      self.group = group
    }
  }

  package init(image: String) { self.image = image }

  /// NVIDIA's runtime brings what its cards need; of others it is the devices.
  mutating func give(_ cards: [GraphicsCard]) {
    let named = GraphicsGrant(cards.filter { $0.uuid != nil })
    if !named.names.isEmpty { gpus = .named(named.names) }
    devices = GraphicsGrant(cards.filter { $0.uuid == nil }).devices
  }

  /// Covers what the image would have as rooms of the machine's disk with memory of so many bytes.
  mutating func cover(_ volumes: [String], bytes: Int64, files: Int) throws(RuntimeError) {
    guard volumes.count <= Bounds.volumes else {
      throw RuntimeError(.refused, "the image has \(volumes.count) volumes: 32 are the most")
    }
    var covered = Set(mounts.map(\.target) + memories.map(\.target))
    for volume in volumes.sorted() {
      let names = volume.split(separator: "/")
      guard volume.hasPrefix("/"), !names.isEmpty, !names.contains("."), !names.contains("..")
      else { throw RuntimeError(.refused, "the image's volume \(volume) is no folder's path") }
      let target = "/" + names.joined(separator: "/")
      guard covered.insert(target).inserted else { continue }
      memories.append(Memory(target, bytes: bytes, files: files))
    }
  }

  /// Throws when it asks for what is not given here, or for nonsense.
  package func check() throws(RuntimeError) {
    guard EngineName.isReference(image) else {
      throw RuntimeError(.refused, "'\(image)' is not the name of an image")
    }
    guard AttemptLimits.Bounds.memory.contains(memory),
      AttemptLimits.Bounds.processes.contains(processes),
      AttemptLimits.Bounds.descriptors.contains(descriptors)
    else { throw RuntimeError(.refused, "a limit of the container is out of bounds") }
    guard processors.map(Bounds.processors.contains) ?? true else {
      throw RuntimeError(.refused, "a container has from 0.01 processors to a million")
    }
    guard ports.isEmpty || network == .bridge else {
      throw RuntimeError(
        .refused, "ports need a network, which this container may not have: grant it the network")
    }
    guard ports.count <= 100, mounts.count <= 100, environment.count <= 1000 else {
      throw RuntimeError(.refused, "a container may have 100 ports, mounts and 1000 variables")
    }
    for (name, value) in environment {
      guard !name.isEmpty, !name.contains("="), !name.utf8.contains(0), !value.utf8.contains(0)
      else { throw RuntimeError(.refused, "'\(name)' cannot be a variable") }
    }
    if case .count(let count) = gpus, count < 1 {
      throw RuntimeError(.refused, "a container asks for at least one GPU or for none")
    }
  }
}
